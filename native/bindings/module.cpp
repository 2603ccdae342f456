#include <nanobind/nanobind.h>

#include "json_binding.h"

NB_MODULE(_native, m) {
  m.doc() = "The native engine of PyForest.";
  pyforest::bind_json(m);
}
