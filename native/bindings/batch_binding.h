#pragma once

#include <nanobind/nanobind.h>

namespace pyforest {

void bind_batch(nanobind::module_& m);

}  // namespace pyforest
