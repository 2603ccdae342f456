// Python objects to and from values: once per blackboard update, so the usual types come first.
#pragma once

#include <nanobind/nanobind.h>

#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include "pyforest/value.h"

namespace pyforest {

/// `value_from_python` without the shortcuts.
bool value_from_python_slow(PyObject* object, Value& out, std::string& error);

/// Containers and, on failure, null.
PyObject* value_to_python_slow(const Value& value);

/// The value of a Python object: None, bool, int, float, str, list, tuple and dict, their
/// subclasses, objects with `__index__` and the scalars of NumPy. False with a sentence in `error`
/// when there is none; a Python exception is never left behind.
inline bool value_from_python(PyObject* object, Value& out, std::string& error) {
  PyTypeObject* const type = Py_TYPE(object);
  if (type == &PyFloat_Type) {
    const double number = PyFloat_AsDouble(object);
    if (std::isfinite(number)) [[likely]] {
      out = Value::number(number);
      return true;
    }
  } else if (type == &PyLong_Type) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow == 0) [[likely]] {
      out = Value::integer(number);
      return true;
    }
  } else if (type == &PyBool_Type) {
    out = Value::boolean(object == Py_True);
    return true;
  } else if (type == &PyUnicode_Type) {
    Py_ssize_t size = 0;
    const char* const text = PyUnicode_AsUTF8AndSize(object, &size);
    if (text != nullptr) [[likely]] {
      out = Value::string(std::string_view(text, static_cast<std::size_t>(size)));
      return true;
    }
  } else if (object == Py_None) {
    out = Value::null();
    return true;
  }
  return value_from_python_slow(object, out, error);
}

/// A new reference to the value's Python object, None for no value; null with a Python exception
/// set when memory runs out.
inline PyObject* value_to_python_reference(const Value& value) {
  switch (value.tag()) {
    case ValueTag::kMissing:
    case ValueTag::kNull:
      Py_INCREF(Py_None);
      return Py_None;
    case ValueTag::kBool:
      return PyBool_FromLong(value.as_bool() ? 1 : 0);
    case ValueTag::kInt:
      return PyLong_FromLongLong(value.as_int());
    case ValueTag::kFloat:
      return PyFloat_FromDouble(value.as_float());
    case ValueTag::kString: {
      const std::string_view text = value.as_string();
      return PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
    }
    default:
      return value_to_python_slow(value);
  }
}

/// The Python object of a value, None for no value. Throws nanobind::python_error when memory runs
/// out.
inline nanobind::object value_to_python(const Value& value) {
  PyObject* const object = value_to_python_reference(value);
  if (object == nullptr) [[unlikely]]
    nanobind::raise_python_error();
  return nanobind::steal(object);
}

}  // namespace pyforest
