#include <random>

#include "fixture.h"
#include "pyforest/snapshot.h"

using fixture::declared;
using fixture::leaf;
using fixture::Run;
using fixture::Setting;
using fixture::T;
using fixture::Tree;
using pyforest::SlotType;
using pyforest::Status;

namespace {

Tree external() { return T("External").named("ext"); }

}  // namespace

TEST_CASE("a root never ends a tick INVALID") {
  for (std::uint8_t kind = 0; kind < pyforest::kNodeKinds; ++kind) {
    const auto name = std::string(pyforest::kind_name(static_cast<pyforest::NodeKind>(kind)));
    CAPTURE(name);
    std::optional<Run> run;
    for (int children = 0; children < 4 && !run; ++children) {
      try {
        run.emplace(T(name,
                      "'duration': 1, 'period': 1, 'expression': 'x', 'cases': [1], 'scores': [], "
                      "'items': 'x', 'item': 'y', 'variable': 'x', 'operator_str': '==', "
                      "'message': 'm', 'script': 'a = 1', 'queue': ['SUCCESS'], 'prompt': 'p', "
                      "'rows': [], 'action': 'a', 'value': 1",
                      std::vector<Tree>(static_cast<std::size_t>(children), T("Success"))));
      } catch (const std::invalid_argument&) {
      }
    }
    REQUIRE(run.has_value());
    run->tick();
    run->tick();
  }
}

TEST_CASE("statuses changed are those that differ from the end of the last tick") {
  Run run(T("Sequence", "'memory': false", {leaf("a", "SSF"), leaf("b", "RSS"), leaf("c", "RR")}));
  CHECK(run.tick() == "RSR- a+ b+");
  CHECK(run.changed() == "0R 1S 2R");
  CHECK(run.tick() == "RSSR a+ b c+");
  CHECK(run.changed() == "2S 3R");
  CHECK(run.tick() == "FF-- a+ c!");
  CHECK(run.changed() == "0F 1F 2- 3-");
}

TEST_CASE("changes are found in wide trees, wherever they are") {
  std::vector<Tree> children;
  for (int i = 0; i < 40; ++i) {
    children.push_back(leaf("l" + std::to_string(i), i == 17 || i == 39 ? "RS" : "RR"));
  }
  Run run(T("Parallel", children));
  run.tick();
  CHECK(run.trace().changed.size() == 41);
  run.tick();
  CHECK(run.changed() == "18S 40S");
}

TEST_CASE("visited nodes are runs of indexes in the order of the visit") {
  Run run(T("Selector", "'memory': true",
            {T("Sequence", {leaf("a", "F"), leaf("b", "")}), leaf("c", "R"), leaf("d", "")}));
  CHECK(run.tick() == "RFF-R- a+ c+");
  CHECK(run.visited() == "0-2 4");
  run.halt();
}

TEST_CASE("answers that are reset before the tick ends are kept as passing") {
  Run run(T("RunningIsSuccess", {T("Sequence", {leaf("a", "S"), leaf("b", "R")})}));
  CHECK(run.tick() == "S--- a+ b+ b!");
  CHECK(run.passing() == "1R 2S 3R");
}

TEST_CASE("written keys are those whose value differs from before the tick") {
  Run run(T("Script", "'script': 'a = 2; a = 1; b = n; c = n'"));
  CHECK(run.with("a", "1").with("b", "5").with("n", "5").tick() == "S");
  CHECK(run.written() == "c");
  CHECK(run.with("n", "5.0").tick() == "S");
  CHECK(run.written() == "b c");
}

TEST_CASE("updates are applied before the root is ticked; a missing one removes the key") {
  Run set(T("SetBlackboardVariable", "'variable': 'x', 'value': 2, 'overwrite': false"));
  CHECK(set.with("x", "1").tick() == "F");
  CHECK(set.written().empty());
  CHECK(set.with("x", nullptr).tick() == "S");
  CHECK(set.with("unknown", "[1]").tick() == "F");
  CHECK(set.value("unknown") == "[1]");
  CHECK(set.with("unknown", nullptr).tick() == "F");
  CHECK(set.value("unknown") == "unset");
}

TEST_CASE("the last update of a key wins, and so does the last write") {
  Run run(T("Parallel", {T("Script", "'script': 'x = 1'"), T("Script", "'script': 'x = 2'")}));
  CHECK(run.with("x", "8").with("x", "9").tick() == "SSS");
  CHECK(run.value("x") == "2");
}

TEST_CASE("an override answers in place of the node, whose subtree is interrupted") {
  Run run(T("Sequence", {T("Inverter", {leaf("a", "RRF")}).named("not"), leaf("b", "RS")}));
  CHECK(run.tick() == "RRR- a+");
  CHECK(run.force("not", 'S').tick() == "RS-R a! b+");
  CHECK(run.tick() == "SS-S b");
}

TEST_CASE("an override of a node that is not ticked does nothing") {
  Run run(T("Sequence", {leaf("a", "F"), leaf("b", "")}));
  CHECK(run.force("b", 'S').tick() == "FF- a+");
}

TEST_CASE("an override of the root is the answer, SKIPPED too") {
  for (const char status : {'R', 'S', 'F', 'K'}) {
    Run run(T("Sequence", {leaf("a", "")}));
    CHECK(run.force("Sequence0", status).tick() == std::string{status, '-'});
    CHECK(run.visited() == "0");
  }
}

TEST_CASE("a node that an override left RUNNING starts anew at its next tick") {
  Run run(T("Sequence", {leaf("a", "SS"), leaf("b", "RS")}));
  CHECK(run.force("b", 'R').tick() == "RSR a+");
  CHECK(run.tick() == "RSR b+");
  CHECK(run.tick() == "SSS b");
}

TEST_CASE("an override may repeat") {
  Run run(T("Inverter", {leaf("a", "S")}));
  CHECK(run.force("a", 'R').tick() == "RR");
  CHECK(run.force("a", 'R').tick() == "RR");
  CHECK(run.tick() == "FS a+");
}

TEST_CASE("a halt forgets an override: what it left RUNNING was not running") {
  Run run(T("Inverter", {leaf("a", "S")}));
  CHECK(run.force("a", 'R').tick() == "RR");
  CHECK(run.halt() == "--");
  CHECK(run.tick() == "FS a+");
}

TEST_CASE("an override interrupts a run outside and its late result is dropped") {
  Run run(external());
  CHECK(run.tick() == "R");
  CHECK(run.force("ext", 'F').tick() == "F");
  CHECK(run.cancelled() == "0#1");
  CHECK(run.result("ext", 1, 'S').tick() == "R");
  CHECK(run.trace().dropped.size() == 1);
}

TEST_CASE("a halt interrupts what runs, in the order of the tree, and forgets the rest") {
  Run run(T("Parallel",
            {leaf("a", "RR"), T("Sequence", {leaf("b", "S"), leaf("c", "R")}), leaf("d", "RR")}));
  CHECK(run.tick() == "RRRSRR a+ b+ c+ d+");
  CHECK(run.halt() == "------ a! c! d!");
  CHECK(run.changed() == "0- 1- 2- 3- 4- 5-");
  CHECK(run.state().root == Status::kInvalid);
  CHECK(run.halt() == "------");
  CHECK(run.changed().empty());
}

TEST_CASE("a halt cancels runs outside and keeps the blackboard") {
  Run run(T("Sequence", {T("SetBlackboardVariable", "'variable': 'x', 'value': 1"), external()}));
  CHECK(run.tick() == "RSR");
  CHECK(run.halt() == "---");
  CHECK(run.cancelled() == "2#1");
  CHECK(run.value("x") == "1");
}

TEST_CASE("recording changes nothing but the record") {
  std::mt19937 random(5);
  for (int round = 0; round < 50; ++round) {
    // Deterministic leaves only: two executions must not share a script.
    auto queue = [&] {
      std::string out;
      for (int i = 0; i < 4; ++i) {
        const char* names[] = {"'SUCCESS'", "'FAILURE'", "'RUNNING'", "'SKIPPED'"};
        out += std::string(i == 0 ? "" : ", ") + names[random() % 4];
      }
      return T("StatusQueue", "'queue': [" + out + "]");
    };
    auto inner = [&](auto&& self, int depth) -> Tree {
      if (depth == 0) return queue();
      const char* kinds[] = {
          "Sequence", "Selector", "ReactiveSequence", "ReactiveFallback", "Parallel", "Inverter",
          "Retry",    "Count",    "IfThenElse",       "RandomSelector"};
      const char* kind = kinds[random() % 10];
      const std::string name = kind;
      const bool decorates = name == "Inverter" || name == "Retry" || name == "Count";
      std::vector<Tree> children;
      for (int i = 0; i < (decorates ? 1 : 3); ++i) children.push_back(self(self, depth - 1));
      return T(kind, name == "Sequence" && random() % 2 == 0 ? "'memory': false" : "", children);
    };
    const Tree tree = inner(inner, 3);
    Setting quiet;
    quiet.recording = false;
    Run recorded(tree);
    Run bare(tree, quiet);
    for (int tick = 0; tick < 12; ++tick) {
      CHECK(recorded.tick() == bare.tick());
      CHECK(bare.visited().empty());
      CHECK(bare.changed().empty());
      CHECK(pyforest::check_state(recorded.state()).empty());
    }
  }
}

TEST_CASE("a copy of an execution goes on by itself") {
  Run run(T("Sequence", {T("StatusQueue", "'queue': ['RUNNING', 'SUCCESS']"),
                         T("SetBlackboardVariable", "'variable': 'x', 'value': [1]")}));
  CHECK(run.tick() == "RR-");
  pyforest::State copy(run.state());
  CHECK(run.tick() == "SSS");
  CHECK(run.value("x") == "[1]");
  CHECK(pyforest::read_key(copy, "x") == nullptr);
  pyforest::TickTrace trace;
  CHECK(pyforest::tick(copy, {}, nullptr, trace) == Status::kSuccess);
  CHECK(pyforest::read_key(copy, "x") != nullptr);
  CHECK(copy.ticks == 2);
}

TEST_CASE("a reset execution is as one just started") {
  Run run(T("Sequence", {T("StatusQueue", "'queue': ['RUNNING', 'SUCCESS']"),
                         T("Script", "'script': 'x = 5'")}),
          {.declared = {declared("x", SlotType::kInt, "1")}});
  run.at(5).with("other", "1");
  CHECK(run.tick() == "RR-");
  CHECK(run.tick() == "SSS");
  run.state().reset(3);
  CHECK(run.value("x") == "1");
  CHECK(run.value("other") == "unset");
  CHECK(run.state().seed == 3);
  CHECK(run.state().ticks == 0);
  CHECK_FALSE(run.state().has_time);
  CHECK(run.tick() == "RR-");
}

TEST_CASE("a bare tick answers as a full one") {
  const auto program = fixture::build(T(
      "Selector", {T("Condition", "'expression': 'n > 3'"), T("Script", "'script': 'm = n * 2'")}));
  pyforest::State state(program, 0, false);
  pyforest::TickTrace trace;
  std::string error;
  REQUIRE(pyforest::store_key(state, "n", fixture::value_of("4"), error));
  CHECK(pyforest::tick_bare(state, trace) == Status::kSuccess);
  CHECK(pyforest::read_key(state, "m") == nullptr);
  REQUIRE(pyforest::store_key(state, "n", fixture::value_of("2"), error));
  CHECK(pyforest::tick_bare(state, trace) == Status::kSuccess);
  CHECK(pyforest::read_key(state, "m")->as_int() == 4);
  CHECK(state.ticks == 2);
  CHECK(trace.written.empty());
}

TEST_CASE("store_key holds to the declared type") {
  const auto program = fixture::build(T("Success"), {.declared = {declared("n", SlotType::kInt)}});
  pyforest::State state(program, 0, false);
  std::string error;
  CHECK_FALSE(pyforest::store_key(state, "n", fixture::value_of("'x'"), error));
  CHECK_FALSE(error.empty());
  CHECK(pyforest::store_key(state, "n", fixture::value_of("1"), error));
  CHECK(pyforest::store_key(state, "n", pyforest::Value(), error));
  CHECK(pyforest::read_key(state, "n") == nullptr);
}

TEST_CASE("a snapshot taken while an override holds a node RUNNING can be restored") {
  Run run(T("Sequence", {T("Selector", {leaf("a", "R")}).named("pick")}));
  CHECK(run.force("pick", 'R').tick() == "RR-");
  CHECK(pyforest::check_state(run.state()).empty());
}

TEST_CASE("a result for a run that an override has ended is dropped") {
  Run run(external());
  CHECK(run.tick() == "R");
  CHECK(run.force("ext", 'R').tick() == "R");
  CHECK(run.cancelled() == "0#1");
  CHECK(run.result("ext", 1, 'S').tick() == "R");
  CHECK(run.trace().dropped.size() == 1);
}

TEST_CASE("a reload while an override holds a node RUNNING lets it start anew") {
  const Tree tree = T("Sequence", {T("Sequence", {T("Running").named("a")}).named("pick")});
  Run run(tree);
  CHECK(run.force("pick", 'R').tick() == "RR-");
  pyforest::ReloadReport report;
  const auto moved = pyforest::reload_state(run.state(), fixture::build(tree), true, report);
  CHECK(pyforest::check_state(*moved).empty());
  pyforest::TickTrace trace;
  CHECK(pyforest::tick(*moved, {}, nullptr, trace) == Status::kRunning);
  CHECK(moved->statuses()[2] == Status::kRunning);
}

TEST_CASE("many halts over scattered visits find what each of them passed") {
  const Tree part = T("RunningIsSuccess", {T("Selector", {T("Running"), T("Success")})});
  Run run(T("Parallel", std::vector<Tree>(200, part)));
  for (int round = 0; round < 2; ++round) {
    CHECK(run.tick().substr(0, 5) == "SS---");
    CHECK(run.trace().visited.size() == 200);
    REQUIRE(run.trace().passing.size() == 400);
    CHECK(run.trace().passing[0].node == 2);
    CHECK(run.trace().passing[399].node == 799);
  }
}
