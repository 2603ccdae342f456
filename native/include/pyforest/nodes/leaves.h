#pragma once

#include "pyforest/program.h"

namespace pyforest {

/// SetBlackboardVariable: store a value -> SUCCESS.
///   overwrite false and the key is set -> FAILURE
///   the value cannot be computed or does not fit the declared key -> FAILURE with an error
/// Source: py_trees 2.6 SetBlackboardVariable; docs/concepts/leaves.md
template <class Tick>
Status tick_set_variable(Tick& t, std::uint32_t index, const Node& node) {
  if ((node.flags & kConstantFlag) != 0) {
    t.write_checked(node.slot, t.program().writes[node.config].value.borrowed());
    return Status::kSuccess;
  }
  const WriteConfig& config = t.program().writes[node.config];
  if (!config.overwrite && !t.slot(node.slot).is_missing()) return Status::kFailure;
  if (config.expression == kNone) {
    return t.write(index, node.slot, config.value.borrowed()) ? Status::kSuccess : Status::kFailure;
  }
  Value value;
  if (!t.evaluate(index, config.expression, value)) return Status::kFailure;
  return t.write(index, node.slot, std::move(value)) ? Status::kSuccess : Status::kFailure;
}

/// UnsetBlackboardVariable: remove a key -> SUCCESS, whether it was set or not.
/// Source: py_trees 2.6 UnsetBlackboardVariable; docs/concepts/leaves.md
template <class Tick>
Status tick_unset_variable(Tick& t, std::uint32_t, const Node& node) {
  t.write_checked(node.slot, Value());
  return Status::kSuccess;
}

/// Script: the assignments in order -> SUCCESS; the first that fails -> FAILURE with an error,
/// those before it stand. docs/concepts/leaves.md
template <class Tick>
Status tick_script(Tick& t, std::uint32_t index, const Node& node) {
  for (const Assignment& assignment : t.program().scripts[node.config]) {
    Value value;
    if (!t.evaluate_into(index, assignment.value, value)) return Status::kFailure;
    if (!t.write(index, assignment.slot, std::move(value))) return Status::kFailure;
  }
  return Status::kSuccess;
}

/// StatusQueue: one status a tick from the list; then `eventually`, or from the start again.
/// The position survives resets. Source: py_trees 2.6 StatusQueue; docs/concepts/leaves.md
template <class Tick>
Status tick_status_queue(Tick& t, std::uint32_t, const Node& node) {
  const QueueConfig& config = t.program().queues[node.config];
  std::int64_t& position = t.memory(node)[0];
  if (position >= static_cast<std::int64_t>(config.queue.size())) {
    if (config.eventually) return *config.eventually;
    position = 0;
  }
  return config.queue[static_cast<std::size_t>(position++)];
}

/// TickCounter: RUNNING for `duration` ticks, then the completion status.
/// Source: py_trees 2.6 TickCounter; docs/concepts/leaves.md
template <class Tick>
Status tick_counter(Tick& t, std::uint32_t index, const Node& node) {
  std::int64_t& count = t.memory(node)[0];
  if (t.status(index) != Status::kRunning) count = 0;
  ++count;
  return count <= t.program().timers[node.config].limit ? Status::kRunning : node.status;
}

/// Probability: SUCCESS with the given probability, else FAILURE; one draw a tick from the node's
/// own stream. docs/concepts/leaves.md
template <class Tick>
Status tick_probability(Tick& t, std::uint32_t index, const Node& node) {
  std::int64_t& draws = t.memory(node)[0];
  return t.draw(index, static_cast<std::uint64_t>(draws++)) < node.number ? Status::kSuccess
                                                                          : Status::kFailure;
}

/// Log: hand the message to the caller -> SUCCESS. `{key}` stands for the key's value.
/// docs/concepts/leaves.md
template <class Tick>
Status tick_log(Tick& t, std::uint32_t index, const Node& node) {
  const LogConfig& config = t.program().logs[node.config];
  std::string message = config.texts.front();
  for (std::size_t i = 0; i < config.slots.size(); ++i) {
    const Value& value = t.slot(config.slots[i]);
    message += value.is_string() ? std::string(value.as_string()) : describe(value);
    message += config.texts[i + 1];
  }
  t.log(index, std::move(message));
  return Status::kSuccess;
}

/// DecisionTable: rows of conditions to outputs.
///   first:   the first row whose conditions all hold -> its outputs are written, SUCCESS
///   collect: each output key gets the array of the values of all rows that hold, SUCCESS
///   no row   -> the default outputs and SUCCESS, FAILURE without a default
///   a condition or output that cannot be computed -> FAILURE with an error
/// docs/concepts/leaves.md
template <class Tick>
Status tick_decision_table(Tick& t, std::uint32_t index, const Node& node) {
  const TableConfig& config = t.program().tables[node.config];
  auto write_outputs = [&](const std::vector<TableConfig::Output>& outputs) {
    for (const auto& output : outputs) {
      Value value = output.value.borrowed();
      if (output.expression != kNone && !t.evaluate(index, output.expression, value)) return false;
      if (!t.write(index, output.slot, std::move(value))) return false;
    }
    return true;
  };
  std::vector<std::pair<std::int32_t, std::vector<Value>>> collected;
  bool any = false;
  for (const auto& row : config.rows) {
    bool holds = true;
    for (std::uint32_t condition : row.conditions) {
      bool truth = false;
      if (!t.evaluate_truth(index, condition, truth)) return Status::kFailure;
      if (!truth) {
        holds = false;
        break;
      }
    }
    if (!holds) continue;
    any = true;
    if (!config.collect) return write_outputs(row.outputs) ? Status::kSuccess : Status::kFailure;
    for (const auto& output : row.outputs) {
      Value value = output.value.retained();
      if (output.expression != kNone && !t.evaluate(index, output.expression, value)) {
        return Status::kFailure;
      }
      auto it = std::find_if(collected.begin(), collected.end(),
                             [&](const auto& entry) { return entry.first == output.slot; });
      if (it == collected.end()) {
        collected.emplace_back(output.slot, std::vector<Value>{});
        it = std::prev(collected.end());
      }
      it->second.push_back(value.retained());
    }
  }
  if (!any) {
    if (!config.has_fallback) return Status::kFailure;
    return write_outputs(config.fallback) ? Status::kSuccess : Status::kFailure;
  }
  for (auto& [slot, values] : collected) {
    if (!t.write(index, slot, Value::array(std::move(values)))) return Status::kFailure;
  }
  return Status::kSuccess;
}

}  // namespace pyforest
