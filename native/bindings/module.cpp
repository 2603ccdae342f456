#include <nanobind/nanobind.h>

#include "expression_binding.h"
#include "json_binding.h"

NB_MODULE(_native, m) {
  m.doc() = "The native engine of PyForest.";
  pyforest::bind_expression(m);
  pyforest::bind_json(m);
}
