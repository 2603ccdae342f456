#include "python_side.h"

#include <nanobind/stl/string.h>

#include <map>
#include <string_view>
#include <utility>

namespace nb = nanobind;

namespace pyforest {

nb::handle python_class(const char* module, const char* name) {
  static auto* known = new std::map<std::pair<std::string_view, std::string_view>, PyObject*>;
  PyObject*& slot = (*known)[{module, name}];
  if (slot == nullptr) {
    nb::object object = nb::module_::import_(module).attr(name);
    slot = object.release().ptr();
  }
  return slot;
}

void raise_forest_error(const char* name, const std::string& message) {
  nb::object error = python_class("py_forest.kit.errors", name)(message);
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.ptr())), error.ptr());
  nb::raise_python_error();
}

nb::object status_object(Status status) {
  static PyObject** const members = [] {
    auto** out = new PyObject*[kStatusCount];
    for (std::uint8_t i = 0; i < kStatusCount; ++i) {
      out[i] = python_class("py_forest.models.status", "Status")(i).release().ptr();
    }
    return out;
  }();
  return nb::borrow(members[static_cast<std::uint8_t>(status)]);
}

bool status_from_python(nb::handle object, Status& out) {
  if (PyBool_Check(object.ptr())) return false;
  if (PyLong_Check(object.ptr())) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(object.ptr(), &overflow);
    if (overflow != 0 || number < 1 || number >= kStatusCount) return false;
    out = static_cast<Status>(number);
    return true;
  }
  if (!PyUnicode_Check(object.ptr())) return false;
  Py_ssize_t size = 0;
  const char* text = PyUnicode_AsUTF8AndSize(object.ptr(), &size);
  if (text == nullptr) {
    PyErr_Clear();
    return false;
  }
  for (std::uint8_t i = 1; i < kStatusCount; ++i) {
    if (std::string_view(text, static_cast<std::size_t>(size)) ==
        status_name(static_cast<Status>(i))) {
      out = static_cast<Status>(i);
      return true;
    }
  }
  return false;
}

std::string take_python_error(nb::object& exception) {
  nb::python_error error;
  exception = nb::borrow(error.value());
  std::string out = nb::cast<std::string>(nb::handle(error.type()).attr("__name__"));
  PyObject* text = PyObject_Str(error.value().ptr());
  if (text == nullptr) {
    PyErr_Clear();
  } else {
    Py_ssize_t size = 0;
    const char* bytes = PyUnicode_AsUTF8AndSize(text, &size);
    if (bytes == nullptr) {
      PyErr_Clear();
    } else if (size > 0) {
      out += ": ";
      // Long texts end up in every record of the tick.
      out.append(bytes, static_cast<std::size_t>(size < 2000 ? size : 2000));
    }
    Py_DECREF(text);
  }
  return out;
}

}  // namespace pyforest
