// check_expression, evaluate_expression and their kin of the module.
#pragma once

#include <nanobind/nanobind.h>

namespace pyforest {

void bind_expression(nanobind::module_& m);

}  // namespace pyforest
