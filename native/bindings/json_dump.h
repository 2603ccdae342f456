// Python objects to JSON text.
#pragma once

#include <Python.h>

namespace pyforest {

struct DumpOptions {
  bool sort_keys = false;  ///< by code point
  int indent = 0;          ///< spaces per level; 0 for the compact form
};

/// `object` as JSON in new bytes; null with a Python exception set when it is not a JSON value.
/// Runs no Python code, so that nothing changes meanwhile.
PyObject* dump_json(PyObject* object, const DumpOptions& options);

}  // namespace pyforest
