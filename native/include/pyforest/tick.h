// One tick: inputs in, statuses and writes out. The engine's single choke point.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "pyforest/leaf_host.h"
#include "pyforest/state.h"

namespace pyforest {

/// Why a leaf failed by an error rather than by its rule. The first eight are EvalError's.
enum class FailureKind : std::uint8_t {
  kMissing = 0,
  kType = 1,
  kZeroDivision = 2,
  kOverflow = 3,
  kIndex = 4,
  kKey = 5,
  kValue = 6,
  kLimit = 7,
  kRaised = 8,         ///< a Python leaf raised
  kBadReply = 9,       ///< a leaf answered something that is no status
  kTimeout = 10,       ///< an outside leaf did not answer in time
  kRefusedWrite = 11,  ///< a write does not fit the declared key
  kUndetermined = 12,  ///< replay has no answer for this leaf
};

const char* failure_name(FailureKind kind);

struct LeafFailure {
  std::uint32_t node = kNone;
  FailureKind kind{};
  std::string message;
};

struct LogLine {
  std::uint32_t node = kNone;
  std::string message;
};

struct Override {
  std::uint32_t node = kNone;
  Status status{};
};

struct Run {
  std::uint32_t first = 0;
  std::uint32_t length = 0;
};

struct StatusAt {
  std::uint32_t node = 0;
  Status status{};
};

struct Inputs {
  std::int64_t now = 0;
  std::vector<KeyedValue> updates;  ///< in order; names resolved, values conforming
  std::vector<Answer> results;      ///< matched to their node; refused ones carry activation 0
  std::vector<Override> overrides;
};

/// What a tick leaves behind beside the state; reused, so that a tick allocates nothing.
struct TickTrace {
  std::vector<Run> visited;       ///< nodes ticked, in order, as runs of indexes
  std::vector<StatusAt> passing;  ///< answers of visited nodes that were reset before the end
  std::vector<StatusAt> changed;  ///< statuses that differ from the end of the last tick
  std::vector<std::pair<std::int32_t, Value>> written;  ///< slot and its value before the tick
  NamedValues written_unknown;                          ///< the same for unknown names
  std::vector<std::uint8_t> seen;  ///< scratch of a recording tick: all zero between ticks
  std::vector<Answer> answers;     ///< of leaves called in this tick
  std::vector<LeafFailure> failures;
  std::vector<LogLine> logs;
  std::vector<std::uint64_t> cancelled;  ///< node index << 32 | activation, interrupted in flight
  std::vector<std::uint32_t> dropped;    ///< indexes into the results that came too late
  std::uint32_t touched = 0;             ///< statuses from here on did not change
  bool undetermined = false;

  void clear();
};

/// Tick once.
///
/// Applies `inputs.updates`, delivers `inputs.results`, ticks the root and leaves what happened in
/// `trace`. `host` may be null when the program calls nothing outside.
///
/// Returns the root's status, never INVALID.
Status tick(State& state, const Inputs& inputs, LeafHost* host, TickTrace& trace);

/// Tick without any trace, for batches: no record, no changed keys, no outside leaves.
Status tick_bare(State& state, TickTrace& trace);

/// Interrupt whatever runs; all statuses become INVALID.
void halt(State& state, LeafHost* host, TickTrace& trace);

/// Seconds to nanoseconds, rounded to nearest; false when not finite or out of range (±292 years).
bool to_nanoseconds(double seconds, std::int64_t& out);

}  // namespace pyforest
