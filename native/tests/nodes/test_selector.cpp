#include "fixture.h"

using fixture::leaf;
using fixture::Run;
using fixture::T;

namespace {

constexpr const char* kMemory = "'memory': true";
constexpr const char* kNoMemory = "'memory': false";

}  // namespace

TEST_CASE("Selector of nothing fails") {
  CHECK(Run(T("Selector")).tick() == "F");
  CHECK(Run(T("Selector", kMemory)).tick() == "F");
}

TEST_CASE("Selector stops at the first child that succeeds and fails when none does") {
  for (const char* config : {kMemory, kNoMemory}) {
    Run run(T("Selector", config, {leaf("a", "FF"), leaf("b", "SF"), leaf("c", "F")}));
    CHECK(run.tick() == "SFS- a+ b+");
    CHECK(run.tick() == "FFFF a+ b+ c+");
  }
}

TEST_CASE("Selector has no memory unless told: higher priorities are asked again") {
  Run run(T("Selector", {leaf("a", "FFF"), leaf("b", "RRF"), leaf("c", "R")}));
  CHECK(run.tick() == "RFR- a+ b+");
  CHECK(run.tick() == "RFR- a+ b");
  CHECK(run.tick() == "RFFR a+ b c+");
}

TEST_CASE("Selector: a higher priority that wins interrupts the others after it has ticked") {
  for (const char wins : {'S', 'R'}) {
    Run run(T("Selector", kNoMemory,
              {leaf("a", std::string("F") + wins), leaf("b", "F"), leaf("c", "R")}));
    CHECK(run.tick() == "RFFR a+ b+ c+");
    CHECK(run.tick() == std::string() + wins + wins + "-- a+ c!");
  }
}

TEST_CASE("Selector leaves later children as they are while the same child wins") {
  Run run(T("Selector", kNoMemory, {leaf("a", "FRRS"), leaf("b", "S")}));
  CHECK(run.tick() == "SFS a+ b+");
  // A new start compares with the first child, so the stale SUCCESS stays to be seen.
  CHECK(run.tick() == "RRS a+");
  CHECK(run.tick() == "RRS a");
  CHECK(run.tick() == "SSS a");
}

TEST_CASE("Selector resets later children when another child than the first wins a new start") {
  Run run(T("Selector", kNoMemory, {leaf("a", "FF"), leaf("b", "FS"), leaf("c", "S")}));
  CHECK(run.tick() == "SFFS a+ b+ c+");
  CHECK(run.tick() == "SFS- a+ b+");
}

TEST_CASE("Selector with memory resumes at the child that ran and resets those before it") {
  Run run(T("Selector", kMemory, {leaf("a", "FF"), leaf("b", "RRFF"), leaf("c", "FR")}));
  CHECK(run.tick() == "RFR- a+ b+");
  CHECK(run.tick() == "R-R- b");
  CHECK(run.tick() == "F-FF b c+");
  // Only a new start tries the higher priorities again.
  CHECK(run.tick() == "RFFR a+ b+ c+");
}

TEST_CASE("Selector with memory goes on with lower priorities only") {
  Run run(T("Selector", kMemory, {leaf("a", "F"), leaf("b", "RF"), leaf("c", "RS")}));
  CHECK(run.tick() == "RFR- a+ b+");
  CHECK(run.tick() == "R-FR b c+");
  CHECK(run.tick() == "S--S c");
}

TEST_CASE("Selector passes over skipped children and is skipped when all are") {
  for (const char* config : {kMemory, kNoMemory}) {
    Run run(T("Selector", config, {leaf("a", "KKF"), leaf("b", "KFK")}));
    CHECK(run.tick() == "KKK a+ b+");
    CHECK(run.tick() == "FKF a+ b+");
    CHECK(run.tick() == "FFK a+ b+");
  }
}

TEST_CASE("Selector with memory that has gone past its first child is not skipped any more") {
  Run run(T("Selector", kMemory, {leaf("a", "K"), leaf("b", "RK")}));
  CHECK(run.tick() == "RKR a+ b+");
  CHECK(run.tick() == "F-K b");
}

TEST_CASE("Selector: what is interrupted is halted in the order of the tree") {
  Run run(T("Selector", {leaf("a", "FS"), T("Parallel", {leaf("b", "R"), leaf("c", "R")})}));
  CHECK(run.tick() == "RFRRR a+ b+ c+");
  CHECK(run.tick() == "SS--- a+ b! c!");
}
