#include <nanobind/nanobind.h>

#include "batch_binding.h"
#include "execution_object.h"
#include "expression_binding.h"
#include "json_binding.h"
#include "program_object.h"

NB_MODULE(_native, m) {
  m.doc() = "The native engine of PyForest.";
  pyforest::bind_json(m);
  pyforest::bind_expression(m);
  pyforest::bind_program(m);
  pyforest::bind_outcome(m);
  pyforest::bind_execution(m);
  pyforest::bind_batch(m);
}
