// parse_json, dump_json and JsonError of the module.
#pragma once

#include <nanobind/nanobind.h>

namespace pyforest {

void bind_json(nanobind::module_& m);

}  // namespace pyforest
