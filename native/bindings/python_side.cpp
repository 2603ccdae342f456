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

void raise_forest_error(const char* name, const std::string& message, nb::handle cause) {
  nb::object error = python_class("py_forest.kit.errors", name)(message);
  if (cause.is_valid()) error.attr("__cause__") = cause;
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

namespace {

// Longer texts would end up whole in every record of the tick.
constexpr Py_ssize_t kLongestMessage = 2000;
constexpr int kMostCauses = 4;

/// `ValueError: text` of one exception, without what led to it.
std::string describe_exception(nb::handle error) {
  std::string out = nb::cast<std::string>(nb::handle(error.type()).attr("__name__"));
  PyObject* text = PyObject_Str(error.ptr());
  if (text == nullptr) {
    PyErr_Clear();
    return out;
  }
  Py_ssize_t size = 0;
  const char* bytes = PyUnicode_AsUTF8AndSize(text, &size);
  if (bytes == nullptr) {
    PyErr_Clear();
  } else if (size > 0) {
    out += ": ";
    out.append(bytes, static_cast<std::size_t>(size < kLongestMessage ? size : kLongestMessage));
  }
  Py_DECREF(text);
  return out;
}

/// What an exception was raised from, or while handling, as Python itself would report it.
nb::object cause_of(nb::handle error) {
  nb::object cause = nb::steal(PyException_GetCause(error.ptr()));
  if (cause.is_valid() && !cause.is_none()) return cause;
  nb::object hidden = nb::borrow(error.attr("__suppress_context__"));
  if (hidden.ptr() == Py_True) return nb::object();
  return nb::steal(PyException_GetContext(error.ptr()));
}

}  // namespace

std::string take_python_error(nb::object& exception) {
  nb::python_error error;
  exception = nb::borrow(error.value());
  std::string out = describe_exception(exception);
  nb::object cause = cause_of(exception);
  for (int i = 0; i < kMostCauses && cause.is_valid(); ++i) {
    out += "; caused by " + describe_exception(cause);
    cause = cause_of(cause);
  }
  return out;
}

}  // namespace pyforest
