// Words for messages about Python objects.
#pragma once

#include <Python.h>

#include <string>
#include <string_view>

namespace pyforest {

/// The name of an object's type with its article: "a set", "an array".
std::string a_type_name(PyObject* object);

/// Appends one step of a JSON pointer; long names are cut.
void append_pointer_step(std::string_view name, std::string& pointer);
void append_pointer_step(Py_ssize_t index, std::string& pointer);

/// `PyErr_SetString` for texts that may hold NUL.
void set_python_error(PyObject* exception, std::string_view message);

}  // namespace pyforest
