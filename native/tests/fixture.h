// Trees in one line, ticked one line at a time.
//
//   Run run(T("Sequence", {leaf("a", "SS"), leaf("b", "RS")}));
//   CHECK(run.tick() == "RSR a+ b+");
//
// The answer of a tick is the statuses of all nodes in pre-order (- INVALID, R RUNNING, S SUCCESS,
// F FAILURE, K SKIPPED), then what happened to the leaves: `a+` starts, `a` goes on, `a!` is
// halted.
#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pyforest/tick.h"

namespace fixture {

using pyforest::Status;
using pyforest::Value;

struct Tree {
  std::string kind;
  std::string config;  ///< JSON without the outer braces, ' for "
  std::vector<Tree> children;
  std::string id;      ///< empty = kind and number
  std::string script;  ///< of a scripted leaf
  std::uint32_t scope = 0;

  Tree named(std::string name) const {
    Tree out = *this;
    out.id = std::move(name);
    return out;
  }
  Tree within(std::uint32_t scope_) const {
    Tree out = *this;
    out.scope = scope_;
    return out;
  }
};

Tree T(std::string kind, std::vector<Tree> children = {});
Tree T(std::string kind, std::string config, std::vector<Tree> children = {});

/// A leaf that answers the letters of its script in turn; `!` is an exception, `?` nonsense.
Tree leaf(std::string name, std::string script);

/// The value of a JSON text in which ' stands for ".
Value value_of(std::string text);

char letter(Status status);
Status status_of(char letter);

/// A declared key: `declared("n", pyforest::SlotType::kInt)`.
pyforest::Slot declared(std::string name, pyforest::SlotType type, const char* initial = nullptr);
pyforest::Scope scope(std::int32_t parent, std::map<std::string, std::string> wires,
                      std::string prefix);

struct Setting {
  std::vector<pyforest::Slot> declared{};
  std::vector<pyforest::Scope> scopes{};  ///< after scope 0
  std::uint64_t seed = 0;
  bool recording = true;
};

std::shared_ptr<const pyforest::Program> build(const Tree& tree, const Setting& setting = {});
/// The message with which building is refused.
std::string refusal(const Tree& tree, const Setting& setting = {});

/// One execution of a tree.
class Run {
 public:
  explicit Run(const Tree& tree, const Setting& setting = {});
  ~Run();
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  /// Seconds of the ticks from now on.
  Run& at(double seconds);
  Run& at_ns(std::int64_t nanoseconds);
  /// For the next tick only: an update (nullptr = remove), an override, a result from outside.
  Run& with(const std::string& key, const char* json);
  Run& force(const std::string& id, char status);
  Run& result(const std::string& id, std::int64_t activation, char status);
  Run& writing(const std::string& key, const char* json);  ///< by the last result
  Run& failing(const std::string& message);                ///< the last result
  /// What the leaf writes with its next answers.
  Run& leaf_writes(const std::string& id, const std::string& key, const char* json);

  std::string tick();
  std::string halt();

  /// JSON of a key, "unset" without a value.
  std::string value(const std::string& key) const;
  std::string errors() const;     ///< "a:type b:missing" of the last tick
  std::string changed() const;    ///< "-R" for each changed status: "0R 2F"
  std::string visited() const;    ///< "0-3 5": node indexes ticked
  std::string passing() const;    ///< "2R": answers reset before the end of the tick
  std::string written() const;    ///< "x y": keys changed by nodes, net
  std::string cancelled() const;  ///< "1#2": node index and activation
  std::string logs() const;       ///< messages, joined by `|`

  const pyforest::TickTrace& trace() const { return trace_; }
  pyforest::State& state() { return *state_; }
  const pyforest::Program& program() const { return *program_; }
  std::uint32_t node(const std::string& id) const;

 private:
  class Host;

  std::shared_ptr<const pyforest::Program> program_;
  std::unique_ptr<pyforest::State> state_;
  std::unique_ptr<Host> host_;
  pyforest::TickTrace trace_;
  pyforest::Inputs inputs_;
};

}  // namespace fixture
