#include "convert.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "pyforest/json.h"
#include "python_text.h"

namespace pyforest {

namespace {

namespace nb = nanobind;

/// Converts one object with everything in it. Recursion ends at `kMaxValueDepth`.
class Converter {
 public:
  explicit Converter(std::string& error) : error_(error) {}

  bool convert(PyObject* object, Value& out) {
    if (PyUnicode_Check(object)) return convert_string(object, out);
    if (PyLong_Check(object)) return convert_int(object, out);
    if (PyFloat_Check(object)) return convert_float(object, out);
    if (PyDict_Check(object)) return convert_dict(object, out);
    if (PyList_Check(object)) return convert_list(object, out);
    if (PyTuple_Check(object)) return convert_tuple(object, out);
    return convert_other(object, out);
  }

 private:
  /// The item of a container; `step` says where it is.
  template <class Step>
  bool convert_item(PyObject* object, const Step& step, Value& out) {
    const PyTypeObject* const type = Py_TYPE(object);
    bool converted = false;
    if (type == &PyFloat_Type || type == &PyLong_Type || type == &PyUnicode_Type ||
        type == &PyBool_Type || object == Py_None) {
      converted = value_from_python(object, out, error_);
    } else {
      // Converting it may run Python code, which may take it out of its container.
      const nb::object keep = nb::borrow(object);
      converted = convert(object, out);
    }
    if (!converted) prepend_step(step);
    return converted;
  }

  bool convert_string(PyObject* object, Value& out, const char* what = "the string") {
    Py_ssize_t size = 0;
    const char* const text = PyUnicode_AsUTF8AndSize(object, &size);
    if (text == nullptr) {
      const bool surrogate = PyErr_ExceptionMatches(PyExc_UnicodeEncodeError) != 0;
      PyErr_Clear();
      return refuse(surrogate ? std::string(what) + " holds half of a surrogate pair"
                              : "out of memory");
    }
    out = Value::string(std::string_view(text, static_cast<std::size_t>(size)));
    return true;
  }

  bool convert_int(PyObject* object, Value& out) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow != 0) return refuse("the integer is outside the 64-bit range");
    out = object == Py_True || object == Py_False ? Value::boolean(number != 0)
                                                  : Value::integer(number);
    return true;
  }

  bool convert_float(PyObject* object, Value& out) {
    const double number = PyFloat_AsDouble(object);
    if (!std::isfinite(number)) {
      return refuse(std::isnan(number) ? "NaN is not a value" : "infinity is not a value");
    }
    out = Value::number(number);
    return true;
  }

  bool enter() {
    if (depth_ < kMaxValueDepth) {
      ++depth_;
      return true;
    }
    return refuse("more than " + std::to_string(kMaxValueDepth) +
                  " lists and dicts inside one another");
  }

  bool convert_list(PyObject* object, Value& out) {
    if (!enter()) return false;
    std::vector<Value> items;
    items.reserve(static_cast<std::size_t>(PyList_Size(object)));
    // The size is asked for each time: converting an item may run code that changes the list.
    for (Py_ssize_t i = 0; i < PyList_Size(object); ++i) {
      if (!convert_item(PyList_GetItem(object, i), i, items.emplace_back())) return false;
    }
    --depth_;
    out = Value::array(std::move(items));
    return true;
  }

  bool convert_tuple(PyObject* object, Value& out) {
    if (!enter()) return false;
    const Py_ssize_t size = PyTuple_Size(object);
    std::vector<Value> items(static_cast<std::size_t>(size));
    for (Py_ssize_t i = 0; i < size; ++i) {
      if (!convert_item(PyTuple_GetItem(object, i), i, items[static_cast<std::size_t>(i)])) {
        return false;
      }
    }
    --depth_;
    out = Value::array(std::move(items));
    return true;
  }

  bool convert_dict(PyObject* object, Value& out) {
    if (!enter()) return false;
    const Py_ssize_t size = PyDict_Size(object);
    std::vector<std::pair<Value, Value>> items;
    items.reserve(static_cast<std::size_t>(size));
    Py_ssize_t position = 0;
    PyObject* key = nullptr;
    PyObject* item = nullptr;
    while (PyDict_Next(object, &position, &key, &item) != 0) {
      if (!PyUnicode_Check(key)) {
        return refuse("a key must be a str, yet one is " + a_type_name(key));
      }
      auto& [name, value] = items.emplace_back();
      if (!convert_string(key, name, "a key")) return false;
      if (!convert_item(item, name.as_string(), value)) return false;
      if (PyDict_Size(object) != size) return refuse("the dict changed while it was read");
    }
    --depth_;
    out = Value::object(std::move(items));
    return true;
  }

  bool convert_other(PyObject* object, Value& out) {
    const nb::object plain = plain_object(object);
    if (!plain.is_valid()) return refuse(a_type_name(object) + " is not a value");
    return convert(plain.ptr(), out);
  }

  /// The int, float, bool or str that stands for `object`; none when nothing does.
  static nb::object plain_object(PyObject* object) {
    nb::object plain;
    if (is_numpy_number(object)) {
      plain = nb::steal(PyObject_CallMethod(object, "item", nullptr));
    } else if (PyIndex_Check(object) != 0) {
      plain = nb::steal(PyNumber_Index(object));
    }
    PyErr_Clear();
    if (plain.is_valid() && !PyLong_Check(plain.ptr()) && !PyFloat_Check(plain.ptr())) {
      plain.reset();
    }
    return plain;
  }

  /// A numpy.bool or a numpy.float32: neither is a Python number, nor has it `__index__`.
  static bool is_numpy_number(PyObject* object) {
    auto* const type = reinterpret_cast<PyObject*>(Py_TYPE(object));
    const nb::object module = nb::steal(PyObject_GetAttrString(type, "__module__"));
    const bool numpy = module.is_valid() && PyUnicode_Check(module.ptr()) &&
                       PyUnicode_CompareWithASCIIString(module.ptr(), "numpy") == 0;
    PyErr_Clear();
    if (!numpy) return false;
    const std::string name = a_type_name(object);
    return name.starts_with("a bool") || name.starts_with("a float");
  }

  bool refuse(std::string message) {
    error_ = std::move(message);
    where_.clear();
    return false;
  }

  template <class Step>
  void prepend_step(const Step& step) {
    std::string where;
    append_pointer_step(step, where);
    where_.insert(0, where);
  }

 public:
  /// Adds the place to the message, once it has come up from the depth.
  void finish_error() {
    if (!where_.empty()) error_ += " (at " + where_ + ")";
  }

 private:
  std::string& error_;
  std::string where_;
  std::size_t depth_ = 0;
};

bool fill_list(PyObject* list, const std::vector<Value>& items) {
  Py_ssize_t i = 0;
  for (const Value& item : items) {
    PyObject* const object = value_to_python_reference(item);
    if (object == nullptr || PyList_SetItem(list, i++, object) != 0) return false;
  }
  return true;
}

bool fill_dict(PyObject* dict, const std::vector<std::pair<Value, Value>>& items) {
  return std::ranges::all_of(items, [dict](const auto& item) {
    const nb::object key = nb::steal(value_to_python_reference(item.first));
    const nb::object value = nb::steal(value_to_python_reference(item.second));
    return key.is_valid() && value.is_valid() && PyDict_SetItem(dict, key.ptr(), value.ptr()) == 0;
  });
}

}  // namespace

bool value_from_python_slow(PyObject* object, Value& out, std::string& error) {
  PyErr_Clear();
  Converter converter(error);
  Value value;
  if (!converter.convert(object, value)) {
    converter.finish_error();
    return false;
  }
  out = std::move(value);
  return true;
}

PyObject* value_to_python_slow(const Value& value) {
  nb::object out;
  bool filled = false;
  if (value.is_array()) {
    const auto& items = value.as_array();
    out = nb::steal(PyList_New(static_cast<Py_ssize_t>(items.size())));
    filled = out.is_valid() && fill_list(out.ptr(), items);
  } else {
    out = nb::steal(PyDict_New());
    filled = out.is_valid() && fill_dict(out.ptr(), value.as_object());
  }
  return filled ? out.release().ptr() : nullptr;
}

}  // namespace pyforest
