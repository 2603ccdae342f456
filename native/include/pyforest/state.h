// The whole of one execution: a block of bytes beside its blackboard values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "pyforest/program.h"
#include "pyforest/status.h"
#include "pyforest/value.h"

namespace pyforest {

/// A write or update by key: a slot of the program, or (slot < 0) a name it does not know.
struct KeyedValue {
  std::int32_t slot = -1;
  std::string name;
  Value value;  ///< missing = remove the key
};

/// The answer of a leaf that ran outside the engine.
struct Answer {
  std::uint32_t node = kNone;
  std::int64_t activation = 0;
  Status status = Status::kInvalid;
  std::vector<KeyedValue> writes;
  std::string error;     ///< not empty when the leaf failed by an error
  std::string feedback;  ///< what it says of itself, for people
  bool decided = false;  ///< HumanDecision: `decision` holds the choice
  Value decision;
};

/// Values by key, in the order of their names so that equal ones give equal bytes.
using NamedValues = std::map<std::string, Value, std::less<>>;

/// Parts that most executions never need; kept apart so that an execution stays small.
struct StateExtras {
  NamedValues unknown;                   ///< keys that no node names
  std::vector<KeyedValue> staged;        ///< writes from outside since the last tick
  std::vector<Answer> delivered;         ///< results that wait for their node, by node
  std::vector<std::uint32_t> forced;     ///< nodes that an override left RUNNING
  std::vector<KeyedValue> started_with;  ///< blackboard given at the start, for the log's header
  std::string origin;  ///< snapshot this execution began from, empty for a fresh start
};

class State {
 public:
  State(std::shared_ptr<const Program> program, std::uint64_t seed, bool recording);
  ~State();
  State(const State& other);
  State& operator=(const State&) = delete;

  /// Back to a fresh start, without an allocation.
  void reset(std::uint64_t new_seed);

  const Program& program() const noexcept { return *program_; }
  const std::shared_ptr<const Program>& shared_program() const noexcept { return program_; }

  Value* slots() noexcept { return reinterpret_cast<Value*>(block_); }
  const Value* slots() const noexcept { return reinterpret_cast<const Value*>(block_); }
  std::int64_t* memory() noexcept {
    return reinterpret_cast<std::int64_t*>(block_ + slot_count_ * sizeof(Value));
  }
  const std::int64_t* memory() const noexcept { return const_cast<State*>(this)->memory(); }
  Status* statuses() noexcept {
    return reinterpret_cast<Status*>(block_ + slot_count_ * sizeof(Value) +
                                     memory_count_ * sizeof(std::int64_t));
  }
  const Status* statuses() const noexcept { return const_cast<State*>(this)->statuses(); }
  /// Statuses at the end of the last tick; only while recording.
  Status* previous() noexcept { return statuses() + node_count_; }
  /// One byte a slot: written in the tick under way.
  std::uint8_t* dirty() noexcept {
    return reinterpret_cast<std::uint8_t*>(statuses() + node_count_ * (recording ? 2U : 1U));
  }

  StateExtras& extras() {
    if (!extras_) extras_ = std::make_unique<StateExtras>();
    return *extras_;
  }
  const StateExtras* extras_or_null() const noexcept { return extras_.get(); }
  StateExtras* extras_or_null() noexcept { return extras_.get(); }

  std::uint64_t seed = 0;
  std::uint64_t ticks = 0;
  std::int64_t now = 0;
  bool has_time = false;  ///< `now` has been set by a tick
  bool busy = false;      ///< a tick is under way
  bool recording = false;
  Status root = Status::kInvalid;

 private:
  void allocate();
  std::size_t block_size() const noexcept;

  std::shared_ptr<const Program> program_;
  std::byte* block_ = nullptr;
  std::uint32_t slot_count_ = 0;
  std::uint32_t memory_count_ = 0;
  std::uint32_t node_count_ = 0;
  std::unique_ptr<StateExtras> extras_;
};

/// Whether an override left the node RUNNING: then no run of it is in flight.
bool is_forced(const State& state, std::uint32_t node);

/// Read a key by the name the outside world uses; null pointer when unset.
const Value* read_key(const State& state, std::string_view name);
/// Store a key now, without staging or a record: for starts, restores and reloads.
bool store_key(State& state, std::string_view name, Value value, std::string& error);

}  // namespace pyforest
