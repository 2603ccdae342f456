#pragma once

#include <algorithm>

#include "pyforest/program.h"

namespace pyforest {

/// Takes a value, which stands `depth` levels deep, off what a list may still hold; false when it
/// holds too much. The limits are those of an expression's result.
inline bool spend(const Value& value, std::size_t& items, std::size_t& text, int depth) {
  if (value.is_string()) {
    if (value.as_string().size() > text) return false;
    text -= value.as_string().size();
    return true;
  }
  if (!value.is_array() && !value.is_object()) return true;
  const std::size_t size = value.is_array() ? value.as_array().size() : value.as_object().size();
  if (depth > kMaxResultDepth || size > items) return false;
  items -= size;
  if (value.is_array()) {
    return std::all_of(value.as_array().begin(), value.as_array().end(),
                       [&](const Value& item) { return spend(item, items, text, depth + 1); });
  }
  return std::all_of(value.as_object().begin(), value.as_object().end(), [&](const auto& member) {
    return spend(member.first, items, text, depth + 1) &&
           spend(member.second, items, text, depth + 1);
  });
}

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

/// Log: hand the message to the caller -> SUCCESS. `{key}` stands for the key's value; a message of
/// more than 1 MiB is cut.
/// docs/concepts/leaves.md
template <class Tick>
Status tick_log(Tick& t, std::uint32_t index, const Node& node) {
  const LogConfig& config = t.program().logs[node.config];
  std::string message = config.texts.front();
  for (std::size_t i = 0; i < config.slots.size(); ++i) {
    const Value& value = t.slot(config.slots[i]);
    message += value.is_string() ? std::string(value.as_string()) : describe(value);
    message += config.texts[i + 1];
    if (message.size() > kMaxResultText) {
      std::size_t end = kMaxResultText;
      // Never cut inside a UTF-8 sequence.
      while ((static_cast<unsigned char>(message[end]) & 0xC0U) == 0x80U) --end;
      message.resize(end);
      break;
    }
  }
  t.log(index, std::move(message));
  return Status::kSuccess;
}

/// DecisionTable: rows of conditions to outputs.
///   first:   the first row whose conditions all hold -> its outputs are written, SUCCESS
///   collect: each output key gets the array of the values of all rows that hold, SUCCESS
///   no row   -> the default outputs and SUCCESS, FAILURE without a default
///   a condition or output that cannot be computed -> FAILURE with an error
///   collect: a list beyond the limits of an expression's result -> FAILURE with an error
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
  // A table that collects its own output would otherwise grow without end, tick by tick.
  std::vector<std::pair<std::int32_t, Value>> lists;
  for (auto& [slot, values] : collected) {
    lists.emplace_back(slot, Value::array(std::move(values)));
    std::size_t items = kMaxResultItems;
    std::size_t text = kMaxResultText;
    if (!spend(lists.back().second, items, text, 1)) {
      t.fail(index, FailureKind::kLimit,
             "a collected list would be larger than 1 MiB of text, 100,000 items or 64 levels");
      return Status::kFailure;
    }
  }
  for (auto& [slot, list] : lists) {
    if (!t.write(index, slot, std::move(list))) return Status::kFailure;
  }
  return Status::kSuccess;
}

}  // namespace pyforest
