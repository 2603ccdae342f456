#pragma once

#include "pyforest/leaf_host.h"
#include "pyforest/program.h"

namespace pyforest {

/// Action (mode kCall): a Python function or class answers within the tick.
///   its answer; an exception or an answer that is no status -> FAILURE with an error
/// docs/concepts/leaves.md
template <class Tick>
Status tick_call(Tick& t, std::uint32_t index, const Node& node) {
  Answer answer;
  answer.node = index;
  t.call(index, t.status(index) != Status::kRunning, answer);
  (void)node;
  const bool goes_on = answer.status == Status::kRunning;
  const Status status = t.apply_answer(index, answer);
  if (goes_on && status != Status::kRunning) t.halted(index);
  return status;
}

/// External, HumanDecision and coroutine Actions (mode kAwait): RUNNING under a run id (node,
/// activation) until a result for that id is delivered at the start of a tick.
///   result SUCCESS/FAILURE/SKIPPED -> its writes, then that;  result RUNNING -> its writes,
///   RUNNING no result and now > start + timeout -> FAILURE with an error, the run is cancelled an
///   argument cannot be computed -> FAILURE with an error, nothing is asked
/// Cells: activation, deadline, started at. docs/concepts/leaves.md
template <class Tick>
Status tick_await(Tick& t, std::uint32_t index, const Node& node) {
  const OutsideConfig& config = t.program().outside[node.config];
  std::int64_t* cells = t.memory(node);
  if (t.status(index) != Status::kRunning) {
    std::vector<std::pair<Value, Value>> inputs;
    for (const auto& argument : config.arguments) {
      Value value = argument.value.retained();
      if (argument.expression != kNone && !t.evaluate(index, argument.expression, value)) {
        return Status::kFailure;
      }
      inputs.emplace_back(Value::string(argument.name), value.retained());
    }
    if (config.has_timeout && !t.deadline(index, config.timeout, cells[1])) {
      return Status::kFailure;
    }
    ++cells[0];
    cells[2] = t.now();
    t.store_hidden(config.inputs_slot, Value::object(std::move(inputs)));
    return t.awaits(index) ? Status::kRunning : Status::kFailure;
  }
  Answer answer;
  while (t.take_delivered(index, cells[0], answer)) {
    const bool ends = answer.status != Status::kRunning;
    const Status status = t.apply_answer(index, answer);
    if (status != Status::kRunning) {
      // Whoever meant to go on must hear that the run is over.
      if (!ends) t.cancel(index);
      while (t.take_delivered(index, cells[0], answer)) {
      }
      t.store_hidden(config.inputs_slot, Value());
      return status;
    }
  }
  if (config.has_timeout && t.now() > cells[1]) {
    t.fail(index, FailureKind::kTimeout, "no result came in time");
    t.cancel(index);
    t.store_hidden(config.inputs_slot, Value());
    return Status::kFailure;
  }
  return Status::kRunning;
}

}  // namespace pyforest
