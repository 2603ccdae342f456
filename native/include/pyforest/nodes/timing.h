#pragma once

#include "pyforest/program.h"

namespace pyforest {

/// Timeout: give the child `duration` seconds from its start.
///   child RUNNING and now > start + duration -> FAILURE, the child is interrupted
///   otherwise the child's answer (a child that finishes late still counts)
/// Source: py_trees 2.6 Timeout; docs/concepts/decorators.md
template <class Tick>
Status tick_timeout(Tick& t, std::uint32_t index, const Node& node) {
  std::int64_t& deadline = t.memory(node)[0];
  if (t.status(index) != Status::kRunning &&
      !t.deadline(index, t.program().timers[node.config].duration, deadline)) {
    return Status::kFailure;
  }
  const Status answer = t.child(index + 1);
  if (answer == Status::kRunning && t.now() > deadline) {
    t.halt(index + 1);
    return Status::kFailure;
  }
  return answer;
}

/// Delay: RUNNING for `duration` seconds, then the child.
///   now < start + duration -> RUNNING, the child is not ticked;  afterwards the child's answer
/// Source: BehaviorTree.CPP 4.10 Delay; docs/concepts/decorators.md
template <class Tick>
Status tick_delay(Tick& t, std::uint32_t index, const Node& node) {
  std::int64_t& deadline = t.memory(node)[0];
  if (t.status(index) != Status::kRunning &&
      !t.deadline(index, t.program().timers[node.config].duration, deadline)) {
    return Status::kFailure;
  }
  if (t.now() < deadline) return Status::kRunning;
  return t.child(index + 1);
}

/// Cooldown: after the child has finished it rests for `duration` seconds.
///   resting               -> the configured status (FAILURE), the child is not ticked
///   child SUCCESS/FAILURE -> its answer, and the rest begins;  RUNNING, SKIPPED -> pass
/// The rest survives resets and interruptions of the node. Cells: resting, until.
/// docs/concepts/decorators.md
template <class Tick>
Status tick_cooldown(Tick& t, std::uint32_t index, const Node& node) {
  std::int64_t* cells = t.memory(node);
  // The child is asked, not the node: that may rest with RUNNING.
  if (t.status(index + 1) != Status::kRunning && cells[0] != 0 && t.now() < cells[1]) {
    return node.status;
  }
  const Status answer = t.child(index + 1);
  if (answer == Status::kSuccess || answer == Status::kFailure) {
    if (!t.deadline(index, t.program().timers[node.config].duration, cells[1])) {
      return Status::kFailure;
    }
    cells[0] = 1;
  }
  return answer;
}

/// RateLimit: let the child start at most `max_calls` times in any `period` seconds.
///   limit reached -> the configured status (FAILURE), the child is not ticked
///   otherwise     -> the child's answer;  a RUNNING child goes on unhindered
/// A sliding window over the starts; survives resets. Cells: starts so far, ring of start times.
/// docs/concepts/decorators.md
template <class Tick>
Status tick_rate_limit(Tick& t, std::uint32_t index, const Node& node) {
  const TimerConfig& config = t.program().timers[node.config];
  std::int64_t* cells = t.memory(node);
  // The child is asked, not the node: that may hold it back with RUNNING.
  if (t.status(index + 1) != Status::kRunning) {
    std::int64_t& oldest = cells[1 + cells[0] % config.limit];
    if (cells[0] >= config.limit) {
      std::int64_t free_again = 0;
      if (!t.deadline_from(index, config.duration, oldest, free_again)) return Status::kFailure;
      if (t.now() < free_again) return node.status;
    }
    oldest = t.now();
    ++cells[0];
  }
  return t.child(index + 1);
}

/// Wait: RUNNING until `duration` seconds after its start, then SUCCESS.
/// Source: py_trees 2.6 Timer (which needs strictly more); docs/concepts/leaves.md
template <class Tick>
Status tick_wait(Tick& t, std::uint32_t index, const Node& node) {
  std::int64_t& deadline = t.memory(node)[0];
  if (t.status(index) != Status::kRunning &&
      !t.deadline(index, t.program().timers[node.config].duration, deadline)) {
    return Status::kFailure;
  }
  return t.now() < deadline ? Status::kRunning : Status::kSuccess;
}

}  // namespace pyforest
