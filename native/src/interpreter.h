// How one node is ticked. Only tick.cpp includes this.
#pragma once

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "pyforest/nodes/choice.h"
#include "pyforest/nodes/conditional.h"
#include "pyforest/nodes/converters.h"
#include "pyforest/nodes/guarding.h"
#include "pyforest/nodes/leaves.h"
#include "pyforest/nodes/outside.h"
#include "pyforest/nodes/parallel.h"
#include "pyforest/nodes/repeating.h"
#include "pyforest/nodes/selector.h"
#include "pyforest/nodes/sequence.h"
#include "pyforest/nodes/timing.h"
#include "pyforest/random.h"
#include "pyforest/tick.h"

#define PYFOREST_INLINE __attribute__((always_inline)) inline
#define PYFOREST_NOINLINE __attribute__((noinline))

namespace pyforest {

/// Holds for a comparison of two doubles, neither NaN.
PYFOREST_INLINE bool compare_doubles(CompareOp op, double a, double b) {
  switch (op) {
    case CompareOp::kLess:
      return a < b;
    case CompareOp::kLessEqual:
      return a <= b;
    case CompareOp::kGreater:
      return a > b;
    case CompareOp::kGreaterEqual:
      return a >= b;
    case CompareOp::kEqual:
      return a == b;
    case CompareOp::kNotEqual:
      return a != b;
  }
  return false;
}

/// Activation of a delivered result that has been taken; a run's own begin at 1.
inline constexpr std::int64_t kTaken = 0;

/// What a tick is asked to leave behind; each combination is compiled by itself.
struct TraceNothing {
  static constexpr bool kRecords = false;
  static constexpr bool kTracksWrites = false;
  static constexpr bool kOverrides = false;
};
struct TraceWrites : TraceNothing {
  static constexpr bool kTracksWrites = true;
};
struct TraceRecord : TraceWrites {
  static constexpr bool kRecords = true;
};
struct TraceOverrides : TraceRecord {
  static constexpr bool kOverrides = true;
};

/// One tick under way: what the functions in nodes/ call `t`.
template <class Trace>
class Ticker {
 public:
  Ticker(State& state, LeafHost* host, TickTrace& trace, const std::vector<Override>* overrides)
      : state_(state),
        program_(state.program()),
        nodes_(program_.nodes.data()),
        statuses_(state.statuses()),
        memory_(state.memory()),
        slots_(state.slots()),
        host_(host),
        trace_(trace),
        overrides_(overrides) {}

  Status run() {
    const Status answer = child(0);
    if constexpr (Trace::kRecords) {
      close_run();
      forget_seen();
      touch(last_visited_ + 1);
    }
    return answer;
  }

  // What nodes may do, by the names they use.

  /// Tick the node at `index` and store its status.
  PYFOREST_INLINE Status child(std::uint32_t index) {
    const Node& node = nodes_[index];
    if constexpr (Trace::kRecords) visit(index);
    Status answer;
    if constexpr (Trace::kOverrides) {
      if (overridden(index, answer)) return answer;
    }
    if (node.kind == NodeKind::kCondition) {
      answer = holds(index, node) ? Status::kSuccess : Status::kFailure;
    } else {
      answer = dispatch(index, node);
    }
    statuses_[index] = answer;
    return answer;
  }

  const Program& program() const { return program_; }
  PYFOREST_INLINE const Node& node(std::uint32_t index) const { return nodes_[index]; }
  PYFOREST_INLINE Status status(std::uint32_t index) const { return statuses_[index]; }
  PYFOREST_INLINE std::int64_t* memory(const Node& node) { return memory_ + node.memory; }
  std::int64_t now() const { return state_.now; }
  const Value& slot(std::int32_t index) const { return slots_[index]; }
  std::vector<std::pair<double, std::uint32_t>>& keys() { return keys_; }

  double draw(std::uint32_t index, std::uint64_t counter) const {
    return pyforest::draw(state_.seed, program_.id_hashes[index], counter);
  }

  /// Whether the node's condition is true; an error is reported and counts as false.
  PYFOREST_INLINE bool holds(std::uint32_t index, const Node& node) {
    if ((node.flags & kInlineFlag) != 0) {
      const Value& value = slots_[node.slot];
      if (value.is_float()) return compare_doubles(node.compare, value.as_float(), node.number);
      // A double holds every integer up to 2^53 exactly.
      if (value.is_int() && value.as_int() <= (1LL << 53) && value.as_int() >= -(1LL << 53)) {
        return compare_doubles(node.compare, static_cast<double>(value.as_int()), node.number);
      }
    }
    return holds_slowly(index, node);
  }

  bool evaluate(std::uint32_t index, std::uint32_t expression, Value& out) {
    return evaluate_into(index, program_.expressions[expression], out);
  }

  bool evaluate_into(std::uint32_t index, const Expression& expression, Value& out) {
    EvalError error{};
    if (pyforest::evaluate(program_.code, expression, slots_, out, error)) return true;
    report(index, error);
    return false;
  }

  bool evaluate_truth(std::uint32_t index, std::uint32_t expression, bool& out) {
    EvalError error{};
    if (pyforest::evaluate_truth(program_.code, program_.expressions[expression], slots_, out,
                                 error)) {
      return true;
    }
    report(index, error);
    return false;
  }

  /// Store a value by a node; false (and a failure) when it does not fit the declared key.
  bool write(std::uint32_t index, std::int32_t slot, Value value) {
    const Slot& declared = program_.slots[static_cast<std::size_t>(slot)];
    if (declared.checked) {
      std::string error;
      if (!conform(declared, value, error)) {
        fail(index, FailureKind::kRefusedWrite, std::move(error));
        return false;
      }
    }
    write_checked(slot, std::move(value));
    return true;
  }

  PYFOREST_INLINE void write_checked(std::int32_t slot, Value value) {
    if constexpr (Trace::kTracksWrites) {
      std::uint8_t& dirty = state_.dirty()[slot];
      if (dirty == 0) {
        dirty = 1;
        trace_.written.emplace_back(slot, std::move(slots_[slot]));
      }
    }
    slots_[slot] = std::move(value);
  }

  void store_hidden(std::int32_t slot, Value value) { slots_[slot] = std::move(value); }

  void fail(std::uint32_t index, FailureKind kind, std::string message) {
    trace_.failures.push_back({index, kind, std::move(message)});
  }

  void log(std::uint32_t index, std::string message) {
    trace_.logs.push_back({index, std::move(message)});
  }

  /// `out` = now + duration; false (and a failure) when the duration cannot be had.
  bool deadline(std::uint32_t index, const Duration& duration, std::int64_t& out) {
    return deadline_from(index, duration, state_.now, out);
  }

  bool deadline_from(std::uint32_t index, const Duration& duration, std::int64_t start,
                     std::int64_t& out) {
    std::int64_t length = duration.nanoseconds;
    if (duration.expression != kNone) {
      Value seconds;
      if (!evaluate(index, duration.expression, seconds)) return false;
      if (!seconds.is_number() || seconds.is_bool() ||
          !to_nanoseconds(seconds.as_double(), length) || length < 0) {
        fail(index, FailureKind::kValue,
             "a duration must be seconds, zero or more, not " + describe(seconds));
        return false;
      }
    }
    if (__builtin_add_overflow(start, length, &out)) out = INT64_MAX;
    return true;
  }

  /// Set every descendant to INVALID at a new start. None of them runs: a node that is not
  /// RUNNING has no RUNNING descendant. Below an INVALID node all is INVALID already.
  PYFOREST_INLINE void reset_children(std::uint32_t index, const Node& node) {
    if (statuses_[index] == Status::kInvalid) return;
    std::memset(statuses_ + index + 1, 0, node.end - index - 1);
    touch(node.end);
  }

  /// Interrupt or reset the node and all below it.
  void halt(std::uint32_t index) { halt_range(index, nodes_[index].end); }

  /// The same for whole subtrees side by side, [first, end).
  PYFOREST_INLINE void halt_range(std::uint32_t first, std::uint32_t end) {
    if (first < end) halt_nodes(first, end);
  }

  /// Interrupt the RUNNING ones among the siblings in [first, end); finished ones keep their
  /// status.
  void halt_running_range(std::uint32_t first, std::uint32_t end) {
    for (std::uint32_t sibling = first; sibling < end; sibling = nodes_[sibling].end) {
      if (statuses_[sibling] == Status::kRunning) halt(sibling);
    }
  }

  void call(std::uint32_t index, bool starts, Answer& answer) {
    if (host_ == nullptr) {
      answer.status = Status::kFailure;
      answer.error = "no Python leaf can run here";
      return;
    }
    host_->call(state_, index, starts, answer);
  }

  /// Tell a called leaf that it is over although it meant to go on.
  void halted(std::uint32_t index) {
    if (host_ != nullptr) host_->halted(state_, index);
  }

  bool awaits(std::uint32_t) const { return true; }

  /// Carry out an answer from outside: its writes, its error, its status.
  Status apply_answer(std::uint32_t index, Answer& answer) {
    if constexpr (Trace::kRecords) {
      if (program_.outside[nodes_[index].config].mode == OutsideConfig::Mode::kCall) {
        trace_.answers.push_back(answer);
      }
    }
    if (answer.status == Status::kInvalid && answer.error.empty()) {
      trace_.undetermined = true;
      fail(index, FailureKind::kUndetermined, "the log holds no answer of this leaf");
      return Status::kFailure;
    }
    for (auto& write_of_leaf : answer.writes) {
      if (write_of_leaf.slot >= 0) {
        if (!write(index, write_of_leaf.slot, std::move(write_of_leaf.value))) {
          return Status::kFailure;
        }
      } else {
        write_unknown(std::move(write_of_leaf));
      }
    }
    if (!answer.error.empty()) {
      fail(index, answer.status == Status::kInvalid ? FailureKind::kBadReply : FailureKind::kRaised,
           std::move(answer.error));
      return Status::kFailure;
    }
    return answer.status;
  }

  /// The next result of a run, taken out of those delivered.
  bool take_delivered(std::uint32_t index, std::int64_t activation, Answer& out) {
    for (Answer& answer : delivered_to(index)) {
      if (answer.activation != activation) continue;
      out = std::move(answer);
      answer.activation = kTaken;
      return true;
    }
    return false;
  }

  void cancel(std::uint32_t index) {
    const auto activation = static_cast<std::uint64_t>(memory(nodes_[index])[0]);
    trace_.cancelled.push_back((std::uint64_t{index} << 32U) | (activation & 0xFFFFFFFFU));
    for (Answer& answer : delivered_to(index)) answer.activation = kTaken;
  }

 private:
  /// The delivered results of one node: they are sorted by node.
  std::span<Answer> delivered_to(std::uint32_t index) {
    StateExtras* extras = state_.extras_or_null();
    if (extras == nullptr) return {};
    auto& delivered = extras->delivered;
    const auto first = std::lower_bound(
        delivered.begin(), delivered.end(), index,
        [](const Answer& answer, std::uint32_t node) { return answer.node < node; });
    auto last = first;
    while (last != delivered.end() && last->node == index) ++last;
    return {first, last};
  }

  PYFOREST_NOINLINE Status dispatch(std::uint32_t index, const Node& node) {
    switch (node.kind) {
      case NodeKind::kSequence:
        return tick_sequence(*this, index, node);
      case NodeKind::kSelector:
        return tick_selector(*this, index, node);
      case NodeKind::kSuccess:
        return Status::kSuccess;
      case NodeKind::kFailure:
        return Status::kFailure;
      case NodeKind::kRunning:
        return Status::kRunning;
      case NodeKind::kSetBlackboardVariable:
        return tick_set_variable(*this, index, node);
      case NodeKind::kCheckBlackboardCondition:
        if (node.children == 0) {
          return holds(index, node) ? Status::kSuccess : Status::kFailure;
        }
        return tick_guard(*this, index, node);
      case NodeKind::kInverter:
      case NodeKind::kForceSuccess:
      case NodeKind::kForceFailure:
      case NodeKind::kRunningIsFailure:
      case NodeKind::kRunningIsSuccess:
      case NodeKind::kFailureIsSuccess:
      case NodeKind::kFailureIsRunning:
      case NodeKind::kSuccessIsFailure:
      case NodeKind::kSuccessIsRunning:
      case NodeKind::kKeepRunningUntilFailure:
        return tick_converter(*this, index, node);
      case NodeKind::kSubTree:
        return child(index + 1);
      default:
        return dispatch_rare(index, node);
    }
  }

  // Apart, so that the frames of the common composites stay small: trees are 1,000 deep.
  PYFOREST_NOINLINE Status dispatch_rare(std::uint32_t index, const Node& node) {
    switch (node.kind) {
      case NodeKind::kReactiveSequence:
        return tick_reactive(*this, index, node, Status::kSuccess);
      case NodeKind::kReactiveFallback:
        return tick_reactive(*this, index, node, Status::kFailure);
      case NodeKind::kParallel:
        return tick_parallel(*this, index, node);
      case NodeKind::kIfThenElse:
        return tick_if_then_else(*this, index, node);
      case NodeKind::kWhileDoElse:
        return tick_while_do_else(*this, index, node);
      case NodeKind::kSwitch:
        return tick_switch(*this, index, node);
      case NodeKind::kRandomSelector:
        return tick_random(*this, index, node, Status::kFailure);
      case NodeKind::kRandomSequence:
        return tick_random(*this, index, node, Status::kSuccess);
      case NodeKind::kUtilitySelector:
        return tick_utility(*this, index, node);
      case NodeKind::kRetry:
        return tick_retry(*this, index, node);
      case NodeKind::kRepeat:
        return tick_repeat(*this, index, node);
      case NodeKind::kTimeout:
        return tick_timeout(*this, index, node);
      case NodeKind::kDelay:
        return tick_delay(*this, index, node);
      case NodeKind::kCooldown:
        return tick_cooldown(*this, index, node);
      case NodeKind::kRateLimit:
        return tick_rate_limit(*this, index, node);
      case NodeKind::kOneShot:
        return tick_one_shot(*this, index, node);
      case NodeKind::kGuard:
        return tick_guard(*this, index, node);
      case NodeKind::kForEach:
        return tick_for_each(*this, index, node);
      case NodeKind::kCount:
        return tick_count(*this, index, node);
      case NodeKind::kStatusToBlackboard:
        return tick_status_to_blackboard(*this, index, node);
      default:
        return dispatch_leaf(index, node);
    }
  }

  PYFOREST_NOINLINE Status dispatch_leaf(std::uint32_t index, const Node& node) {
    switch (node.kind) {
      case NodeKind::kWait:
        return tick_wait(*this, index, node);
      case NodeKind::kLog:
        return tick_log(*this, index, node);
      case NodeKind::kUnsetBlackboardVariable:
        return tick_unset_variable(*this, index, node);
      case NodeKind::kWaitForBlackboardCondition:
        return holds(index, node) ? Status::kSuccess : Status::kRunning;
      case NodeKind::kScript:
        return tick_script(*this, index, node);
      case NodeKind::kProbability:
        return tick_probability(*this, index, node);
      case NodeKind::kStatusQueue:
        return tick_status_queue(*this, index, node);
      case NodeKind::kTickCounter:
        return tick_counter(*this, index, node);
      case NodeKind::kPlaceholder:
        return node.status;
      case NodeKind::kDecisionTable:
        return tick_decision_table(*this, index, node);
      default:
        return program_.outside[node.config].mode == OutsideConfig::Mode::kCall
                   ? tick_call(*this, index, node)
                   : tick_await(*this, index, node);
    }
  }

  PYFOREST_NOINLINE bool holds_slowly(std::uint32_t index, const Node& node) {
    EvalError error{};
    bool truth = false;
    if (pyforest::evaluate_truth(program_.code, program_.expressions[node.config], slots_, truth,
                                 error)) {
      return truth;
    }
    if (error.kind != EvalError::Kind::kMissing || (node.flags & kMissingIsFalse) == 0) {
      report(index, error);
    }
    return false;
  }

  PYFOREST_NOINLINE void report(std::uint32_t index, const EvalError& error) {
    std::string message = error.message;
    if (error.kind == EvalError::Kind::kMissing && error.slot >= 0) {
      message = "`" + program_.slots[static_cast<std::size_t>(error.slot)].name + "` has no value";
    }
    fail(index, static_cast<FailureKind>(error.kind), std::move(message));
  }

  PYFOREST_INLINE void visit(std::uint32_t index) {
    if (index != run_end_) {
      close_run();
      run_first_ = index;
    }
    run_end_ = index + 1;
    if (index > last_visited_) last_visited_ = index;
  }

  PYFOREST_NOINLINE void close_run() {
    if (run_end_ != kNone) trace_.visited.push_back({run_first_, run_end_ - run_first_});
  }

  PYFOREST_INLINE void touch(std::uint32_t end) {
    if constexpr (Trace::kRecords) {
      if (end > trace_.touched) trace_.touched = end;
    }
  }

  PYFOREST_NOINLINE void halt_nodes(std::uint32_t first, std::uint32_t end) {
    const void* running =
        std::memchr(statuses_ + first, static_cast<int>(Status::kRunning), end - first);
    if (running != nullptr) {
      for (std::uint32_t index =
               static_cast<std::uint32_t>(static_cast<const Status*>(running) - statuses_);
           index < end; ++index) {
        if (statuses_[index] == Status::kRunning) interrupt(index);
      }
    }
    if constexpr (Trace::kRecords) note_passing(first, end);
    std::memset(statuses_ + first, 0, end - first);
    touch(end);
  }

  /// The part of an interruption that is more than a status.
  void interrupt(std::uint32_t index) {
    const Node& node = nodes_[index];
    switch (node.kind) {
      case NodeKind::kCount:
        ++memory(node)[4];
        break;
      case NodeKind::kAction:
      case NodeKind::kExternal:
      case NodeKind::kHumanDecision: {
        const OutsideConfig& config = program_.outside[node.config];
        if (config.mode == OutsideConfig::Mode::kAwait) {
          cancel(index);
          store_hidden(config.inputs_slot, Value());
        } else if (host_ != nullptr) {
          host_->halted(state_, index);
        }
        break;
      }
      default:
        break;
    }
  }

  void note_passing(std::uint32_t first, std::uint32_t end) {
    mark_seen();
    const std::uint8_t* const seen = trace_.seen.data();
    for (std::uint32_t index = first; index < end; ++index) {
      const void* const next = std::memchr(seen + index, 1, end - index);
      if (next == nullptr) return;
      index = static_cast<std::uint32_t>(static_cast<const std::uint8_t*>(next) - seen);
      if (statuses_[index] != Status::kInvalid) trace_.passing.push_back({index, statuses_[index]});
    }
  }

  /// Mark the nodes visited since the last halt, so that many halts in one tick stay linear.
  void mark_seen() {
    if (trace_.seen.size() < program_.nodes.size()) trace_.seen.resize(program_.nodes.size());
    for (; seen_runs_ < trace_.visited.size(); ++seen_runs_) {
      const Run& run = trace_.visited[seen_runs_];
      // The last run may have been open, and marked in part, at the halt before.
      const std::uint32_t done = seen_runs_ == open_run_ ? open_marked_ : 0;
      std::memset(trace_.seen.data() + run.first + done, 1, run.length - done);
    }
    if (run_end_ == kNone) return;
    if (open_run_ != seen_runs_) {
      open_run_ = seen_runs_;
      open_marked_ = 0;
    }
    const std::uint32_t length = run_end_ - run_first_;
    std::memset(trace_.seen.data() + run_first_ + open_marked_, 1, length - open_marked_);
    open_marked_ = length;
  }

  void forget_seen() {
    if (open_run_ == SIZE_MAX && seen_runs_ == 0) return;
    for (const Run& run : trace_.visited) {
      std::memset(trace_.seen.data() + run.first, 0, run.length);
    }
  }

  bool overridden(std::uint32_t index, Status& answer) {
    const auto forced = std::lower_bound(
        overrides_->begin(), overrides_->end(), index,
        [](const Override& entry, std::uint32_t node) { return entry.node < node; });
    if (forced == overrides_->end() || forced->node != index) return false;
    answer = forced->status;
    // Not noted as passing: the node has not answered yet in this tick.
    halt_before_override(index);
    statuses_[index] = answer;
    if (answer == Status::kRunning) state_.extras().forced.push_back(index);
    return true;
  }

  void halt_before_override(std::uint32_t index) {
    const std::uint32_t end = nodes_[index].end;
    for (std::uint32_t i = index; i < end; ++i) {
      if (statuses_[i] == Status::kRunning) interrupt(i);
    }
    std::memset(statuses_ + index, 0, end - index);
    touch(end);
  }

  void write_unknown(KeyedValue&& written) {
    NamedValues& unknown = state_.extras().unknown;
    const auto it = unknown.find(written.name);
    if constexpr (Trace::kTracksWrites) {
      trace_.written_unknown.try_emplace(written.name, it == unknown.end() ? Value() : it->second);
    }
    if (written.value.is_missing()) {
      if (it != unknown.end()) unknown.erase(it);
    } else if (it != unknown.end()) {
      it->second = std::move(written.value);
    } else {
      unknown.emplace(std::move(written.name), std::move(written.value));
    }
  }

  State& state_;
  const Program& program_;
  const Node* nodes_;
  Status* statuses_;
  std::int64_t* memory_;
  Value* slots_;
  LeafHost* host_;
  TickTrace& trace_;
  const std::vector<Override>* overrides_;
  std::uint32_t run_first_ = 0;
  std::uint32_t run_end_ = kNone;
  std::uint32_t last_visited_ = 0;
  std::size_t seen_runs_ = 0;        ///< runs marked in trace_.seen
  std::size_t open_run_ = SIZE_MAX;  ///< number of the run that was open at the last halt
  std::uint32_t open_marked_ = 0;    ///< how much of it is marked
  std::vector<std::pair<double, std::uint32_t>> keys_;
};

}  // namespace pyforest
