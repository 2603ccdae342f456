#include "fixture.h"

using fixture::leaf;
using fixture::Run;
using fixture::T;

namespace {

/// The answers to SUCCESS, FAILURE, RUNNING and SKIPPED, each from a fresh start.
std::string answers(const char* kind) {
  std::string out;
  for (const char* answer : {"S", "F", "R", "K"}) {
    Run run(T(kind, {leaf("a", answer)}));
    out += run.tick()[0];
  }
  return out;
}

}  // namespace

TEST_CASE("converters translate as their names say") {
  CHECK(answers("Inverter") == "FSRK");
  CHECK(answers("ForceSuccess") == "SSRK");
  CHECK(answers("ForceFailure") == "FFRK");
  CHECK(answers("FailureIsSuccess") == "SSRK");
  CHECK(answers("SuccessIsFailure") == "FFRK");
  CHECK(answers("FailureIsRunning") == "SRRK");
  CHECK(answers("SuccessIsRunning") == "RFRK");
  CHECK(answers("KeepRunningUntilFailure") == "RFRK");
  CHECK(answers("RunningIsSuccess") == "SFSK");
  CHECK(answers("RunningIsFailure") == "SFFK");
}

TEST_CASE("a converter that ends over a child still running interrupts it each tick") {
  Run success(T("RunningIsSuccess", {leaf("a", "RR")}));
  CHECK(success.tick() == "S- a+ a!");
  CHECK(success.tick() == "S- a+ a!");
  Run failure(T("RunningIsFailure", {leaf("a", "R")}));
  CHECK(failure.tick() == "F- a+ a!");
}

TEST_CASE("a converter that runs over a finished child starts it anew next tick") {
  Run run(T("KeepRunningUntilFailure", {leaf("a", "SRSF")}));
  CHECK(run.tick() == "RS a+");
  CHECK(run.tick() == "RR a+");
  CHECK(run.tick() == "RS a");
  CHECK(run.tick() == "FF a+");
}

TEST_CASE("a converter over a running child leaves it be") {
  Run run(T("Inverter", {leaf("a", "RRF")}));
  CHECK(run.tick() == "RR a+");
  CHECK(run.tick() == "RR a");
  CHECK(run.tick() == "SF a");
}

TEST_CASE("SubTree answers as its child") {
  Run run(T("SubTree", {leaf("a", "RSFK")}));
  CHECK(run.tick() == "RR a+");
  CHECK(run.tick() == "SS a");
  CHECK(run.tick() == "FF a+");
  CHECK(run.tick() == "KK a+");
}
