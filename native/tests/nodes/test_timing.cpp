#include "fixture.h"

using fixture::leaf;
using fixture::Run;
using fixture::T;

TEST_CASE("Timeout interrupts a child that still runs after its time") {
  Run run(T("Timeout", "'duration': 2", {leaf("a", "RRRRR")}));
  CHECK(run.at(10).tick() == "RR a+");
  CHECK(run.at(12).tick() == "RR a");
  CHECK(run.at(12.000000001).tick() == "F- a a!");
  CHECK(run.at(13).tick() == "RR a+");
  CHECK(run.at(15).tick() == "RR a");
}

TEST_CASE("Timeout lets a child that finishes late count") {
  for (const char end : {'S', 'F', 'K'}) {
    Run run(T("Timeout", "'duration': 2", {leaf("a", std::string("R") + end)}));
    CHECK(run.at(0).tick() == "RR a+");
    CHECK(run.at(100).tick() == std::string{end, end} + " a");
  }
}

TEST_CASE("Timeout of nothing allows the tick of its start") {
  Run run(T("Timeout", "'duration': 0", {leaf("a", "RR")}));
  CHECK(run.at(5).tick() == "RR a+");
  CHECK(run.at(6).tick() == "F- a a!");
}

TEST_CASE("Timeout may compute its duration when it starts") {
  Run run(T("Timeout", "'duration': 'limit'", {leaf("a", "RR")}));
  CHECK(run.with("limit", "1").at(0).tick() == "RR a+");
  CHECK(run.with("limit", "99").at(2).tick() == "F- a a!");
}

TEST_CASE("a duration that cannot be had fails with an error and the child is not ticked") {
  for (const char* kind : {"Timeout", "Delay"}) {
    Run run(T(kind, "'duration': 'limit'", {leaf("a", "R")}).named("t"));
    CHECK(run.tick() == "F-");
    CHECK(run.errors() == "t:missing");
    for (const char* bad : {"-1", "true", "'2'", "1e300", "null", "[]"}) {
      CHECK(run.with("limit", bad).tick() == "F-");
      CHECK(run.errors() == "t:value");
    }
  }
}

TEST_CASE("Delay runs without its child until its time, then answers as the child") {
  Run run(T("Delay", "'duration': 2", {leaf("a", "RSKF")}));
  CHECK(run.at(10).tick() == "R-");
  CHECK(run.at(11.999999999).tick() == "R-");
  CHECK(run.at(12).tick() == "RR a+");
  CHECK(run.at(13).tick() == "SS a");
  CHECK(run.at(13).tick() == "RS");
  CHECK(run.at(15).tick() == "KK a+");
}

TEST_CASE("Delay of nothing does not wait; one that was interrupted waits anew") {
  CHECK(Run(T("Delay", "'duration': 0", {leaf("a", "S")})).tick() == "SS a+");
  Run run(T("Selector", {leaf("high", "FSFF"), T("Delay", "'duration': 2", {leaf("a", "S")})}));
  CHECK(run.at(0).tick() == "RFR- high+");
  CHECK(run.at(1).tick() == "SS-- high+");
  CHECK(run.at(2).tick() == "RFR- high+");
  CHECK(run.at(4).tick() == "SFSS high+ a+");
}

TEST_CASE("Cooldown rests after its child has finished") {
  Run run(T("Cooldown", "'duration': 2", {leaf("a", "RSFR")}));
  CHECK(run.at(0).tick() == "RR a+");
  CHECK(run.at(10).tick() == "SS a");
  CHECK(run.at(11.999999999).tick() == "FS");
  CHECK(run.at(12).tick() == "FF a+");
  CHECK(run.at(13).tick() == "FF");
  CHECK(run.at(14).tick() == "RR a+");
}

TEST_CASE("Cooldown does not rest after a skipped or an interrupted child") {
  Run skipped(T("Cooldown", "'duration': 9", {leaf("a", "KS")}));
  CHECK(skipped.tick() == "KK a+");
  CHECK(skipped.tick() == "SS a+");
  Run run(T("Sequence", "'memory': false",
            {leaf("guard", "SFSSF"), T("Cooldown", "'duration': 9", {leaf("a", "RS")})}));
  CHECK(run.at(0).tick() == "RSRR guard+ a+");
  CHECK(run.at(1).tick() == "FF-- guard+ a!");
  CHECK(run.at(2).tick() == "SSSS guard+ a+");
  // The rest survives a reset.
  CHECK(run.at(3).tick() == "FSF- guard+");
}

TEST_CASE("Cooldown answers as told while it rests, RUNNING too") {
  Run success(T("Cooldown", "'duration': 2, 'status': 'SUCCESS'", {leaf("a", "F")}));
  CHECK(success.at(0).tick() == "FF a+");
  CHECK(success.at(1).tick() == "SF");
  Run running(T("Cooldown", "'duration': 2, 'status': 'RUNNING'", {leaf("a", "FS")}));
  CHECK(running.at(0).tick() == "FF a+");
  CHECK(running.at(1).tick() == "RF");
  CHECK(running.at(1.5).tick() == "RF");
  CHECK(running.at(2).tick() == "SS a+");
}

TEST_CASE("Cooldown rests over the turn of 1970, and computes its rest when it begins") {
  Run run(T("Cooldown", "'duration': 'rest'", {leaf("a", "SS")}));
  CHECK(run.with("rest", "5").at(-5).tick() == "SS a+");
  CHECK(run.with("rest", "'x'").at(-1).tick() == "FS");
  CHECK(run.at(0).tick() == "FS a+");
  CHECK(run.errors() == "Cooldown0:value");
}

TEST_CASE("RateLimit lets its child start so often in any period") {
  Run run(T("RateLimit", "'max_calls': 2, 'period': 10", {leaf("a", "SFSS")}));
  CHECK(run.at(0).tick() == "SS a+");
  CHECK(run.at(4).tick() == "FF a+");
  CHECK(run.at(5).tick() == "FF");
  CHECK(run.at(9.999999999).tick() == "FF");
  CHECK(run.at(10).tick() == "SS a+");
  CHECK(run.at(13).tick() == "FS");
  CHECK(run.at(14).tick() == "SS a+");
}

TEST_CASE("RateLimit counts starts, not ticks, and lets a running child go on") {
  Run run(T("RateLimit", "'period': 10", {leaf("a", "RRSS")}));
  CHECK(run.at(0).tick() == "RR a+");
  CHECK(run.at(1).tick() == "RR a");
  CHECK(run.at(2).tick() == "SS a");
  CHECK(run.at(9).tick() == "FS");
  CHECK(run.at(10).tick() == "SS a+");
}

TEST_CASE("RateLimit answers as told at its limit, RUNNING too, and survives resets") {
  Run run(T("RateLimit", "'period': 10, 'status': 'RUNNING'", {leaf("a", "SS")}));
  CHECK(run.at(0).tick() == "SS a+");
  CHECK(run.at(1).tick() == "RS");
  CHECK(run.at(2).tick() == "RS");
  CHECK(run.at(10).tick() == "SS a+");
  Run reset(T("Sequence", {leaf("g", "SSS"), T("RateLimit", "'period': 10", {leaf("a", "RS")})}));
  CHECK(reset.at(0).tick() == "RSRR g+ a+");
  CHECK(reset.halt() == "---- a!");
  CHECK(reset.at(5).tick() == "FSF- g+");
  CHECK(reset.at(10).tick() == "SSSS g+ a+");
}

TEST_CASE("RateLimit whose period cannot be computed fails with an error") {
  Run run(T("RateLimit", "'period': 'p'", {leaf("a", "S")}));
  CHECK(run.at(0).tick() == "SS a+");
  CHECK(run.at(1).tick() == "FS");
  CHECK(run.errors() == "RateLimit0:missing");
}

TEST_CASE("Wait runs until its time is over") {
  Run run(T("Wait", "'duration': 1.5"));
  CHECK(run.at(-1).tick() == "R");
  CHECK(run.at(0.499999999).tick() == "R");
  CHECK(run.at(0.5).tick() == "S");
  CHECK(run.at(0.5).tick() == "R");
  CHECK(run.at(2).tick() == "S");
  CHECK(Run(T("Wait", "'duration': 0")).tick() == "S");
}

TEST_CASE("Wait may compute its duration, and fails with an error when it cannot") {
  Run run(T("Wait", "'duration': 'n'"));
  CHECK(run.tick() == "F");
  CHECK(run.errors() == "Wait0:missing");
  CHECK(run.with("n", "2").at(0).tick() == "R");
  CHECK(run.with("n", "9").at(2).tick() == "S");
}

TEST_CASE("a deadline past the end of time is the end of time") {
  Run run(T("Wait", "'duration': 9.0e9"));
  CHECK(run.at(9.0e9).tick() == "R");
  CHECK(run.at(9.1e9).tick() == "R");
}
