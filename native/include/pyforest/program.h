// A compiled tree: flat, immutable, shared between executions and threads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pyforest/expression.h"
#include "pyforest/kind.h"
#include "pyforest/status.h"
#include "pyforest/value.h"

namespace pyforest {

inline constexpr std::uint32_t kMaxNodes = 1'000'000;
inline constexpr std::uint32_t kMaxDepth = 1'000;
inline constexpr std::uint32_t kNone = 0xFFFFFFFFU;

/// One node of a program, in pre-order: its first child is the next node, a child's next sibling
/// is the child's `end`. 32 bytes, so that two share a cache line.
struct Node {
  NodeKind kind{};
  std::uint8_t flags = 0;  ///< meaning by kind, see the k...Flag constants
  CompareOp compare{};     ///< of an inlined comparison
  Status status{};         ///< a configured status (Placeholder, Cooldown, ...)
  std::uint32_t end = 0;   ///< index after the last descendant
  std::uint32_t children = 0;
  std::uint32_t memory = 0;      ///< first cell in the execution's memory
  std::uint32_t config = kNone;  ///< row in the table of this kind
  std::int32_t slot = -1;        ///< blackboard slot of an inlined comparison or a write
  double number = 0.0;           ///< right side of an inlined comparison, or a probability
};
static_assert(sizeof(Node) == 32);

inline constexpr std::uint8_t kMemoryFlag = 1;      ///< Sequence, Selector, UtilitySelector
inline constexpr std::uint8_t kInlineFlag = 2;      ///< the condition is `slot OP number`
inline constexpr std::uint8_t kConstantFlag = 4;    ///< a write of a checked constant
inline constexpr std::uint8_t kMissingIsFalse = 8;  ///< an unset key fails the test without error
inline constexpr std::uint8_t kAbortSelf = 16;      ///< Guard: check before every tick

enum class SlotType : std::uint8_t { kAny, kInt, kFloat, kString, kBool, kArray, kObject };

/// A blackboard key of the program, or a private or hidden cell of it.
struct Slot {
  std::string name;
  SlotType type = SlotType::kAny;
  bool declared = false;
  bool hidden = false;    ///< node memory that holds a value; not part of the blackboard
  bool nullable = false;  ///< declared with the default null
  bool read = false;      ///< some node reads it
  bool checked = false;   ///< writes must be checked against type, range or enum
  Value initial;
  std::optional<double> minimum;
  std::optional<double> maximum;
  std::vector<Value> choices;
};

/// Seconds given as a number or computed when the node starts.
struct Duration {
  std::int64_t nanoseconds = 0;
  std::uint32_t expression = kNone;
};

struct TimerConfig {
  Duration duration;
  std::int64_t limit = 0;  ///< RateLimit: calls per period
};

struct RetryConfig {
  enum class Backoff : std::uint8_t { kNone, kFixed, kExponential };
  std::int64_t failures = 3;  ///< -1 = for ever
  Backoff backoff = Backoff::kNone;
  std::int64_t initial_delay = 0;  ///< nanoseconds
  std::int64_t max_delay = 0;      ///< nanoseconds
  double jitter = 0.0;             ///< share of the delay, 0..1
};

struct ParallelConfig {
  std::int64_t successes = -1;  ///< needed; negative counts from the number of children + 1
  std::int64_t failures = 1;
  bool synchronise = true;
  bool impossible_fails = false;        ///< FAILURE as soon as `successes` is out of reach
  std::vector<std::uint32_t> selected;  ///< node indexes that must succeed, empty = by count
};

struct SwitchConfig {
  std::uint32_t expression = kNone;
  std::vector<Value> cases;
  std::vector<std::uint32_t> children;  ///< node indexes; one more than cases with a default
};

/// Order of children drawn by weight or by score.
struct ChoiceConfig {
  std::vector<double> weights;          ///< empty = equal
  std::vector<std::uint32_t> scores;    ///< expressions, one a child
  std::vector<std::uint32_t> children;  ///< node indexes
};

struct WriteConfig {
  std::int32_t slot = -1;
  Value value;
  std::uint32_t expression = kNone;
  bool overwrite = true;
};

struct LogConfig {
  std::string level;
  std::vector<std::string> texts;  ///< one more than slots; message = t0 v0 t1 v1 ... tn
  std::vector<std::int32_t> slots;
};

struct ForEachConfig {
  std::uint32_t items = kNone;  ///< expression
  std::int32_t item_slot = -1;
  std::int32_t index_slot = -1;
  std::int32_t items_slot = -1;  ///< hidden: the array being walked
};

struct QueueConfig {
  std::vector<Status> queue;
  std::optional<Status> eventually;
};

struct TableConfig {
  struct Output {
    std::int32_t slot = -1;
    Value value;
    std::uint32_t expression = kNone;
  };
  struct Row {
    std::vector<std::uint32_t> conditions;
    std::vector<Output> outputs;
  };
  std::vector<Row> rows;
  std::vector<Output> fallback;
  bool has_fallback = false;
  bool collect = false;
};

/// A leaf whose work is done outside the engine: by a Python function, a coroutine, a person or a
/// worker somewhere else.
struct OutsideConfig {
  enum class Mode : std::uint8_t { kCall, kAwait };  ///< answered in the tick, or later by run id
  Mode mode = Mode::kAwait;
  std::string action;
  struct Argument {
    std::string name;
    std::uint32_t expression = kNone;
    Value value;
  };
  std::vector<Argument> arguments;
  struct Output {
    std::string name;
    std::int32_t slot = -1;
  };
  std::vector<Output> outputs;
  std::uint32_t scope = 0;        ///< where keys written by the result live
  std::int32_t inputs_slot = -1;  ///< hidden: the arguments of the activation in flight
  bool has_timeout = false;
  Duration timeout;
  std::vector<std::string> options;  ///< HumanDecision
  std::int32_t decision_slot = -1;   ///< HumanDecision: where the choice goes
};

/// Where a name used in a node's expressions lives.
struct Scope {
  std::int32_t parent = -1;
  bool shares_all = true;
  std::unordered_map<std::string, std::string> wires;
  std::unordered_map<std::string, Value> constants;
  std::string prefix;
};

/// What compiling needs of a node, from the definition layer.
struct NodeSpec {
  NodeKind kind{};
  std::uint32_t scope = 0;
  std::uint32_t child_count = 0;
  std::string id;
  Value config;  ///< an object, aliases resolved and defaults filled in
};

enum class ErrorPolicy : std::uint8_t { kFail, kRaise };

struct ProgramOptions {
  ErrorPolicy error_policy = ErrorPolicy::kFail;
  std::array<std::uint8_t, 32> hash{};  ///< of the definition's meaning
};

class Program {
 public:
  /// Compile a tree given in pre-order.
  ///
  /// Throws std::invalid_argument, naming the node, for what validation should have refused.
  static std::shared_ptr<const Program> build(const std::vector<NodeSpec>& specs,
                                              std::vector<Scope> scopes, std::vector<Slot> declared,
                                              const ProgramOptions& options);

  std::vector<Node> nodes;
  std::vector<std::string> ids;
  std::vector<std::uint64_t> id_hashes;  ///< seeds of the nodes' random streams
  std::vector<Slot> slots;
  std::unordered_map<std::string, std::int32_t> slot_by_name;
  std::vector<Scope> scopes;
  std::uint32_t memory_cells = 0;
  std::vector<std::uint32_t> cell_counts;  ///< memory cells of each node
  std::uint32_t depth = 0;
  bool calls_outside = false;  ///< some leaf is answered by a call (kCall)
  ProgramOptions options;

  Code code;
  std::vector<Expression> expressions;
  std::vector<TimerConfig> timers;
  std::vector<RetryConfig> retries;
  std::vector<ParallelConfig> parallels;
  std::vector<SwitchConfig> switches;
  std::vector<ChoiceConfig> choices;
  std::vector<WriteConfig> writes;
  std::vector<LogConfig> logs;
  std::vector<ForEachConfig> loops;
  std::vector<QueueConfig> queues;
  std::vector<TableConfig> tables;
  std::vector<std::vector<Assignment>> scripts;
  std::vector<OutsideConfig> outside;
  std::vector<std::uint32_t> outside_nodes;  ///< nodes with an OutsideConfig, in pre-order

  std::size_t size() const noexcept { return nodes.size(); }

  /// Slot of a key as the outside world names it, or -1.
  std::int32_t find_slot(std::string_view name) const;
  /// Slot of a key as a node of `scope` names it; nullptr in `constant` unless wired to one.
  /// -1 when the program knows no such key.
  std::int32_t find_slot_in(std::uint32_t scope, std::string_view name) const;
  /// The key, as the outside world names it, that a node of `scope` means by `name`.
  std::string outer_name(std::uint32_t scope, std::string_view name) const;
  /// The reverse: what a node of `scope` calls a key; the key itself where it has no name for it.
  std::string inner_name(std::uint32_t scope, std::string_view key) const;
  /// Node index by id, or kNone.
  std::uint32_t find_node(std::string_view id) const;
  std::uint32_t parent_of(std::uint32_t node) const;

 private:
  // Built on first use: most programs are never asked, and a million strings are not free.
  mutable std::unordered_map<std::string_view, std::uint32_t> node_by_id_;
  mutable std::vector<std::uint32_t> parents_;
  mutable std::unique_ptr<struct ProgramLocks> locks_;

 public:
  Program();
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
};

/// Names of the blackboard keys that the node at `index` reads.
std::vector<std::string> reads_of(const Program& program, std::uint32_t index);
/// Names of the blackboard keys that the node at `index` writes, as far as its definition tells.
std::vector<std::string> writes_of(const Program& program, std::uint32_t index);

/// Check a value about to be stored under a declared key; turns an int into a float where the key
/// is a float.
///
/// Returns false with a sentence in `error` when the type, range or choice does not fit.
bool conform(const Slot& slot, Value& value, std::string& error);

}  // namespace pyforest
