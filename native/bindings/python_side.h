// The Python classes that the bindings raise, return and recognise.
#pragma once

#include <nanobind/nanobind.h>

#include <string>

#include "pyforest/status.h"

namespace pyforest {

/// An attribute of a module of the package, imported on first use and kept.
///
/// Kept for the life of the process on purpose: modules are never unloaded.
nanobind::handle python_class(const char* module, const char* name);

/// Raise one of py_forest.kit.errors with a message, from `cause` where there is one.
[[noreturn]] void raise_forest_error(const char* name, const std::string& message,
                                     nanobind::handle cause = nanobind::handle());

/// The member of `py_forest.Status`.
nanobind::object status_object(Status status);

/// Read a `Status`, one of its names, or an int; false for anything else and for INVALID.
bool status_from_python(nanobind::handle object, Status& out);

/// `ValueError: text` of the exception that is set, then `; caused by ...` for what led to it, and
/// clears it; `exception` receives it.
std::string take_python_error(nanobind::object& exception);

}  // namespace pyforest
