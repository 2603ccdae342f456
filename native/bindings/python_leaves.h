// Runs the Python leaves of one execution.
#pragma once

#include <nanobind/nanobind.h>

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "program_object.h"
#include "pyforest/leaf_host.h"
#include "pyforest/snapshot.h"
#include "pyforest/tick.h"

namespace pyforest {

/// Calls functions and drives the instances of leaf classes; contains what they raise.
class PythonLeaves : public LeafHost {
 public:
  explicit PythonLeaves(ProgramCore& core) : core_(core) {}
  ~PythonLeaves() override { shut_down(); }

  void call(State& state, std::uint32_t node, bool starts, Answer& answer) override;
  void halted(State& state, std::uint32_t node) override;

  /// What class leaves save of themselves; raises what a `save` raises.
  SavedLeaves save(const State& state);
  void load(const SavedLeaves& saved);
  /// Shut every instance down; what that raises is reported as unraisable.
  void shut_down() noexcept;

  /// Exceptions contained since the last call, by node.
  std::vector<std::pair<std::uint32_t, nanobind::object>> take_exceptions() {
    return std::exchange(exceptions_, {});
  }
  /// What leaves raised while they were interrupted, since the last call. It stands in no record: a
  /// replay interrupts no leaf.
  std::vector<LeafFailure> take_halt_failures() { return std::exchange(halt_failures_, {}); }
  /// A KeyboardInterrupt or the like, to be raised again once the tick has ended in order.
  nanobind::object take_interrupt() { return std::exchange(interrupt_, nanobind::object()); }

  /// Instances of kept nodes, for a move to another program.
  void hand_over(PythonLeaves& next,
                 const std::vector<std::pair<std::uint32_t, std::uint32_t>>& moved);

  int traverse(visitproc visit, void* arg);

 private:
  struct Instance {
    nanobind::object object;
    bool active = false;  ///< initialised and not yet terminated
  };

  nanobind::object call_with_arguments(State& state, std::uint32_t node, const LeafObject& leaf,
                                       const std::vector<std::uint32_t>& which,
                                       nanobind::handle callable, Answer& answer);
  bool evaluate(State& state, const OutsideConfig::Argument& argument, nanobind::object& out,
                Answer& answer);
  void run_class(State& state, std::uint32_t node, bool starts, const LeafObject& leaf,
                 Answer& answer);
  void read_answer(State& state, std::uint32_t node, nanobind::object&& reply, Answer& answer);
  void contain(std::uint32_t node, Answer& answer);
  Instance& instance_of(std::uint32_t node, const LeafObject& leaf);

  ProgramCore& core_;
  std::unordered_map<std::uint32_t, Instance> instances_;
  std::vector<std::pair<std::uint32_t, nanobind::object>> exceptions_;
  std::vector<LeafFailure> halt_failures_;
  nanobind::object interrupt_;
};

/// Read writes given as a dict of key to value into `answer`; false with a sentence in `error`.
bool read_writes(const Program& program, std::uint32_t node, nanobind::handle writes,
                 Answer& answer, std::string& error);

/// Read a `Result` into `answer`; false when the object is none. Throws ValueError for bad fields.
bool read_result(const Program& program, nanobind::handle object, Answer& answer,
                 std::string& error);

/// Whether a text may be a blackboard key.
bool is_key(std::string_view text);

}  // namespace pyforest
