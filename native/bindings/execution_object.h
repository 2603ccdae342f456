// What a Python `Execution` and its `Outcome` hold.
#pragma once

#include <nanobind/nanobind.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "program_object.h"
#include "pyforest/record.h"
#include "pyforest/tick.h"
#include "python_leaves.h"

namespace pyforest {

/// What few outcomes have.
struct OutcomeRest {
  std::vector<std::string> unread;
  std::vector<LeafFailure> failures;
  std::vector<std::pair<std::uint32_t, nanobind::object>> exceptions;
  std::vector<LogLine> logs;
  std::vector<std::uint64_t> cancelled;
  std::vector<std::string> dropped;
  bool undetermined = false;
};

/// The answer of one tick; everything but the status is made into Python objects when asked for.
struct Outcome {
  std::shared_ptr<const Program> program;
  Status status{};
  bool recorded = false;
  std::string record;
  std::vector<std::pair<std::int32_t, Value>> changed;
  std::vector<std::pair<std::string, Value>> changed_unknown;
  std::unique_ptr<OutcomeRest> rest;
};

class ExecutionObject {
 public:
  ExecutionObject(nanobind::object program, ProgramCore& core, std::unique_ptr<State> state);

  std::unique_ptr<Outcome> tick(nanobind::handle updates, nanobind::handle now,
                                nanobind::handle results, nanobind::handle overrides);
  std::unique_ptr<Outcome> halt();
  /// Tick from a record's inputs and leaf answers instead of the world's.
  std::unique_ptr<Outcome> replay(std::string_view record);
  /// Tick with given answers of the leaves, by node id: for judging another program by a log.
  std::unique_ptr<Outcome> tick_with_answers(nanobind::handle updates, nanobind::handle now,
                                             nanobind::handle results, nanobind::handle overrides,
                                             nanobind::dict answers);
  nanobind::bytes snapshot();
  nanobind::bytes header();
  std::unique_ptr<ExecutionObject> fork();
  std::pair<std::unique_ptr<ExecutionObject>, nanobind::dict> reload(nanobind::object program,
                                                                     ProgramCore& core,
                                                                     bool keep_blackboard);
  nanobind::list pending();
  nanobind::dict statuses();
  nanobind::object tip();
  /// Memory cells of a node, for explanations; empty for an unknown id.
  std::vector<std::int64_t> memory_of(std::string_view node_id);
  /// Failures of the last tick.
  nanobind::tuple errors();
  nanobind::object read(nanobind::handle key, nanobind::handle otherwise);
  void write(nanobind::handle key, nanobind::handle value, bool remove);
  nanobind::dict blackboard_dict();
  void close();
  void load_leaves(const SavedLeaves& saved);

  State& state() { return *state_; }
  ProgramCore& core() { return *core_; }
  nanobind::object program() { return program_; }
  int traverse(visitproc visit, void* arg);
  void clear_references();
  bool closed() const { return closed_; }

 private:
  void prepare(nanobind::handle updates, nanobind::handle now, nanobind::handle results,
               nanobind::handle overrides, Inputs& inputs, OutcomeRest& rest);
  void read_updates(nanobind::handle updates, Inputs& inputs, OutcomeRest& rest);
  void read_results(nanobind::handle results, Inputs& inputs, OutcomeRest& rest);
  void read_overrides(nanobind::handle overrides, Inputs& inputs);
  std::int64_t read_now(nanobind::handle now) const;
  void require_free() const;
  LeafHost* host();
  std::unique_ptr<Outcome> run(const Inputs& inputs, LeafHost* host, TickTrace& trace,
                               OutcomeRest& rest);
  std::unique_ptr<Outcome> finish(const Inputs& inputs, TickTrace& trace, OutcomeRest& rest);

  nanobind::object program_;
  ProgramCore* core_;  // kept alive by program_
  std::unique_ptr<State> state_;
  std::unique_ptr<PythonLeaves> leaves_;
  std::unique_ptr<std::vector<LeafFailure>> failures_;  // of the last tick, null for none
  bool closed_ = false;
};

void bind_outcome(nanobind::module_& m);
void bind_execution(nanobind::module_& m);

}  // namespace pyforest
