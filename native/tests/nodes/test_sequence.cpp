#include "fixture.h"

using fixture::leaf;
using fixture::Run;
using fixture::T;

namespace {

constexpr const char* kMemory = "'memory': true";
constexpr const char* kNoMemory = "'memory': false";

}  // namespace

TEST_CASE("Sequence of nothing succeeds") {
  CHECK(Run(T("Sequence")).tick() == "S");
  CHECK(Run(T("Sequence", kNoMemory)).tick() == "S");
}

TEST_CASE("Sequence succeeds when every child has") {
  for (const char* config : {kMemory, kNoMemory}) {
    Run run(T("Sequence", config, {leaf("a", "SS"), leaf("b", "SS")}));
    CHECK(run.tick() == "SSS a+ b+");
    CHECK(run.tick() == "SSS a+ b+");
  }
}

TEST_CASE("Sequence has memory unless told otherwise, resumes and starts at the first anew") {
  Run run(T("Sequence", {leaf("a", "SS"), leaf("b", "RRS"), leaf("c", "SR")}));
  CHECK(run.tick() == "RSR- a+ b+");
  CHECK(run.tick() == "RSR- b");
  CHECK(run.tick() == "SSSS b c+");
  CHECK(run.changed() == "0S 2S 3S");
}

TEST_CASE("Sequence with memory fails with a child and resets the children at its next start") {
  Run run(T("Sequence", kMemory, {leaf("a", "SR"), leaf("b", "SF"), leaf("c", "F")}));
  CHECK(run.tick() == "FSSF a+ b+ c+");
  CHECK(run.tick() == "RR-- a+");
  CHECK(run.changed() == "0R 1R 2- 3-");
}

TEST_CASE("Sequence with memory remembers how far it is, not how far it was") {
  Run run(T("Sequence", kMemory, {leaf("a", "SSS"), leaf("b", "RFS"), leaf("c", "RS")}));
  CHECK(run.tick() == "RSR- a+ b+");
  CHECK(run.tick() == "FSF- b");
  CHECK(run.tick() == "RSSR a+ b+ c+");
  CHECK(run.tick() == "SSSS c");
}

TEST_CASE("Sequence without memory asks earlier children again") {
  Run run(T("Sequence", kNoMemory, {leaf("a", "SSS"), leaf("b", "SSS"), leaf("c", "RRS")}));
  CHECK(run.tick() == "RSSR a+ b+ c+");
  CHECK(run.tick() == "RSSR a+ b+ c");
  CHECK(run.tick() == "SSSS a+ b+ c");
}

TEST_CASE("Sequence without memory interrupts later children when an earlier one fails or runs") {
  for (const char stops : {'F', 'R'}) {
    Run run(T("Sequence", kNoMemory,
              {leaf("a", std::string("S") + stops), leaf("b", "S"), leaf("c", "R")}));
    CHECK(run.tick() == "RSSR a+ b+ c+");
    CHECK(run.tick() == std::string() + stops + stops + "-- a+ c!");
  }
}

TEST_CASE("Sequence without memory leaves later children alone when it has only just started") {
  Run run(T("Sequence", kNoMemory, {leaf("a", "SF"), leaf("b", "S")}));
  CHECK(run.tick() == "SSS a+ b+");
  CHECK(run.tick() == "FF- a+");
}

TEST_CASE("Sequence passes over skipped children and is skipped when all are") {
  for (const char* config : {kMemory, kNoMemory}) {
    Run run(T("Sequence", config, {leaf("a", "KKSK"), leaf("b", "KSKF")}));
    CHECK(run.tick() == "KKK a+ b+");
    CHECK(run.tick() == "SKS a+ b+");
    CHECK(run.tick() == "SSK a+ b+");
    CHECK(run.tick() == "FKF a+ b+");
  }
}

TEST_CASE("Sequence with memory that has gone past its first child is not skipped any more") {
  Run run(T("Sequence", kMemory, {leaf("a", "K"), leaf("b", "RK")}));
  CHECK(run.tick() == "RKR a+ b+");
  CHECK(run.tick() == "SKK b");
}

TEST_CASE("Sequence interrupted by its parent halts only what runs, then starts afresh") {
  Run run(T("Sequence", kNoMemory,
            {leaf("guard", "SFS"), T("Sequence", kMemory, {leaf("a", "SS"), leaf("b", "RR")})}));
  CHECK(run.tick() == "RSRSR guard+ a+ b+");
  CHECK(run.tick() == "FF--- guard+ b!");
  CHECK(run.tick() == "RSRSR guard+ a+ b+");
}

TEST_CASE("ReactiveSequence asks every child again and interrupts the one that ran") {
  Run run(T("ReactiveSequence", {leaf("a", "SSRSF"), leaf("b", "RRRR")}));
  CHECK(run.tick() == "RSR a+ b+");
  CHECK(run.tick() == "RSR a+ b");
  CHECK(run.tick() == "RR- a+ b!");
  CHECK(run.tick() == "RSR a b+");
  CHECK(run.tick() == "FF- a+ b!");
}

TEST_CASE("ReactiveSequence leaves later children that have finished as they are") {
  Run run(T("ReactiveSequence", {leaf("a", "SR"), leaf("b", "SS"), leaf("c", "R")}));
  CHECK(run.tick() == "RSSR a+ b+ c+");
  CHECK(run.tick() == "RRS- a+ c!");
}

TEST_CASE("ReactiveSequence succeeds with all, is skipped with all, and succeeds with none") {
  Run run(T("ReactiveSequence", {leaf("a", "SKKK"), leaf("b", "SKSF")}));
  CHECK(run.tick() == "SSS a+ b+");
  CHECK(run.tick() == "KKK a+ b+");
  CHECK(run.tick() == "SKS a+ b+");
  CHECK(run.tick() == "FKF a+ b+");
  CHECK(Run(T("ReactiveSequence")).tick() == "S");
}

TEST_CASE("ReactiveSequence resets its children at a new start") {
  Run run(T("ReactiveSequence", {leaf("a", "SF"), leaf("b", "S")}));
  CHECK(run.tick() == "SSS a+ b+");
  CHECK(run.tick() == "FF- a+");
}

TEST_CASE("ReactiveFallback gives way to an earlier child that succeeds or runs") {
  Run run(T("ReactiveFallback", {leaf("a", "FFRFS"), leaf("b", "RRRR")}));
  CHECK(run.tick() == "RFR a+ b+");
  CHECK(run.tick() == "RFR a+ b");
  CHECK(run.tick() == "RR- a+ b!");
  CHECK(run.tick() == "RFR a b+");
  CHECK(run.tick() == "SS- a+ b!");
}

TEST_CASE("ReactiveFallback fails with all, is skipped with all, and fails with none") {
  Run run(T("ReactiveFallback", {leaf("a", "FKKK"), leaf("b", "FKFS")}));
  CHECK(run.tick() == "FFF a+ b+");
  CHECK(run.tick() == "KKK a+ b+");
  CHECK(run.tick() == "FKF a+ b+");
  CHECK(run.tick() == "SKS a+ b+");
  CHECK(Run(T("ReactiveFallback")).tick() == "F");
}
