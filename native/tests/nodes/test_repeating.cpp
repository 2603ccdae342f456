#include "fixture.h"
#include "pyforest/nodes/repeating.h"

using fixture::leaf;
using fixture::Run;
using fixture::T;
using pyforest::RetryConfig;

TEST_CASE("Retry tries once a tick, and fails with the last failure") {
  Run run(T("Retry", "'num_failures': 3", {leaf("a", "FFFF")}));
  CHECK(run.tick() == "RF a+");
  CHECK(run.tick() == "RF a+");
  CHECK(run.tick() == "FF a+");
  CHECK(run.tick() == "RF a+");
}

TEST_CASE("Retry allows three failures unless told otherwise, and begins to count at each start") {
  Run run(T("Retry", {leaf("a", "FFSFFF")}));
  CHECK(run.tick() == "RF a+");
  CHECK(run.tick() == "RF a+");
  CHECK(run.tick() == "SS a+");
  CHECK(run.tick() == "RF a+");
  CHECK(run.tick() == "RF a+");
  CHECK(run.tick() == "FF a+");
}

TEST_CASE("Retry passes success, running and skipped on") {
  Run run(T("Retry", {leaf("a", "RFRKFS")}));
  CHECK(run.tick() == "RR a+");
  CHECK(run.tick() == "RF a");
  CHECK(run.tick() == "RR a+");
  CHECK(run.tick() == "KK a");
  CHECK(run.tick() == "RF a+");
  CHECK(run.tick() == "SS a+");
}

TEST_CASE("Retry of one attempt fails at once; -1 tries for ever") {
  CHECK(Run(T("Retry", "'num_failures': 1", {leaf("a", "F")})).tick() == "FF a+");
  Run run(T("Retry", "'num_failures': -1", {leaf("a", std::string(50, 'F') + "S")}));
  for (int i = 0; i < 50; ++i) CHECK(run.tick() == "RF a+");
  CHECK(run.tick() == "SS a+");
}

TEST_CASE("Retry with a fixed back-off waits the same each time") {
  Run run(T("Retry", "'backoff': 'fixed', 'initial_delay': 2", {leaf("a", "FFF")}));
  CHECK(run.at(10).tick() == "RF a+");
  CHECK(run.at(11.999999999).tick() == "RF");
  CHECK(run.at(12).tick() == "RF a+");
  CHECK(run.at(13).tick() == "RF");
  CHECK(run.at(14).tick() == "FF a+");
  // Nothing is drawn where nothing is spread.
  CHECK(run.state().memory()[2] == 0);
}

TEST_CASE("Retry with an exponential back-off doubles the wait up to the longest") {
  Run run(T("Retry",
            "'num_failures': 9, 'backoff': 'exponential', 'initial_delay': 1, 'max_delay': 5",
            {leaf("a", "FFFFF")}));
  CHECK(run.at(0).tick() == "RF a+");
  CHECK(run.at(0.9).tick() == "RF");
  CHECK(run.at(1).tick() == "RF a+");
  CHECK(run.at(2.9).tick() == "RF");
  CHECK(run.at(3).tick() == "RF a+");
  CHECK(run.at(6.9).tick() == "RF");
  CHECK(run.at(7).tick() == "RF a+");
  CHECK(run.at(11.9).tick() == "RF");
  CHECK(run.at(12).tick() == "RF a+");
}

TEST_CASE("Retry does not wait before a first attempt, nor while an attempt runs") {
  Run run(T("Retry", "'backoff': 'fixed', 'initial_delay': 10", {leaf("a", "FRRS")}));
  CHECK(run.at(0).tick() == "RF a+");
  CHECK(run.at(10).tick() == "RR a+");
  CHECK(run.at(10).tick() == "RR a");
  CHECK(run.at(11).tick() == "SS a");
}

TEST_CASE("Retry forgets its wait at a new start") {
  Run run(T("Selector", {leaf("high", "FSF"), T("Retry", "'backoff': 'fixed', 'initial_delay': 10",
                                                {leaf("a", "FF")})}));
  CHECK(run.at(0).tick() == "RFRF high+ a+");
  CHECK(run.at(1).tick() == "SS-- high+");
  CHECK(run.at(2).tick() == "RFRF high+ a+");
}

TEST_CASE("Retry keeps time before 1970 as after it") {
  Run none(T("Retry", {leaf("a", "FF")}));
  CHECK(none.at(-5).tick() == "RF a+");
  CHECK(none.at(-5).tick() == "RF a+");
  Run ends_at_zero(T("Retry", "'backoff': 'fixed', 'initial_delay': 1", {leaf("a", "FF")}));
  CHECK(ends_at_zero.at(-1).tick() == "RF a+");
  CHECK(ends_at_zero.at(-0.5).tick() == "RF");
  CHECK(ends_at_zero.at(0).tick() == "RF a+");
}

TEST_CASE("Retry spreads its waits by draws from its own stream, which never repeat") {
  // draw(0, "retry", 0..2) = 0.1447, 0.2072, 0.1444: delays of 2 s become 0.5788, 0.8288, 0.5776 s.
  Run run(T("Retry", "'num_failures': -1, 'backoff': 'fixed', 'initial_delay': 2, 'jitter': 1",
            {leaf("a", "FFSFF")})
              .named("retry"));
  CHECK(run.at(0).tick() == "RF a+");
  CHECK(run.at(0.578).tick() == "RF");
  CHECK(run.at(0.579).tick() == "RF a+");
  CHECK(run.at(0.579 + 0.828).tick() == "RF");
  CHECK(run.at(0.579 + 0.829).tick() == "SS a+");
  CHECK(run.at(10).tick() == "RF a+");
  CHECK(run.at(10.577).tick() == "RF");
  CHECK(run.at(10.578).tick() == "RF a+");
}

TEST_CASE("retry_delay") {
  RetryConfig config;
  config.initial_delay = 1'000;
  config.max_delay = 1'000'000;
  CHECK(pyforest::retry_delay(config, 1, 0.5) == 0);
  config.backoff = RetryConfig::Backoff::kFixed;
  CHECK(pyforest::retry_delay(config, 1, 0.5) == 1'000);
  CHECK(pyforest::retry_delay(config, 7, 0.5) == 1'000);
  config.backoff = RetryConfig::Backoff::kExponential;
  CHECK(pyforest::retry_delay(config, 1, 0.5) == 1'000);
  CHECK(pyforest::retry_delay(config, 4, 0.5) == 8'000);
  CHECK(pyforest::retry_delay(config, 11, 0.5) == 1'000'000);
  CHECK(pyforest::retry_delay(config, INT64_MAX, 0.5) == 1'000'000);
  config.jitter = 0.25;
  CHECK(pyforest::retry_delay(config, 1, 0.0) == 750);
  CHECK(pyforest::retry_delay(config, 1, 1.0) == 1'250);
  CHECK(pyforest::retry_delay(config, 1, 0.5) == 1'000);
}

TEST_CASE("a delay too long for the clock waits for ever instead of overflowing") {
  RetryConfig config;
  config.backoff = RetryConfig::Backoff::kFixed;
  config.initial_delay = 9'000'000'000'000'000'000;
  config.max_delay = 9'000'000'000'000'000'000;
  config.jitter = 1.0;
  CHECK(pyforest::retry_delay(config, 1, 0.99) >= 9'000'000'000'000'000'000);
  Run run(T("Retry", "'backoff': 'fixed', 'initial_delay': 9.0e9, 'max_delay': 9.0e9, 'jitter': 1",
            {leaf("a", "F")}));
  CHECK(run.at(9.0e9).tick() == "RF a+");
  CHECK(run.at(9.1e9).tick() == "RF");
}

TEST_CASE("Repeat runs its child again each time it succeeds, once a tick") {
  Run run(T("Repeat", "'num_success': 2", {leaf("a", "SRSSS")}));
  CHECK(run.tick() == "RS a+");
  CHECK(run.tick() == "RR a+");
  CHECK(run.tick() == "SS a");
  CHECK(run.tick() == "RS a+");
  CHECK(run.tick() == "SS a+");
}

TEST_CASE("Repeat fails with its child, passes skipped on, and counts from nothing afterwards") {
  Run run(T("Repeat", "'num_success': 2", {leaf("a", "SFSKSS")}));
  CHECK(run.tick() == "RS a+");
  CHECK(run.tick() == "FF a+");
  CHECK(run.tick() == "RS a+");
  CHECK(run.tick() == "KK a+");
  CHECK(run.tick() == "RS a+");
  CHECK(run.tick() == "SS a+");
}

TEST_CASE("Repeat 0 succeeds without its child; without a number it repeats for ever") {
  CHECK(Run(T("Repeat", "'num_success': 0", {leaf("a", "")})).tick() == "S-");
  Run run(T("Repeat", {leaf("a", std::string(50, 'S') + "F")}));
  for (int i = 0; i < 50; ++i) CHECK(run.tick() == "RS a+");
  CHECK(run.tick() == "FF a+");
}

TEST_CASE("Repeat 1 succeeds with its child") {
  CHECK(Run(T("Repeat", "'num_success': 1", {leaf("a", "S")})).tick() == "SS a+");
}

TEST_CASE("ForEach ticks its child once for each item") {
  Run run(T("ForEach", "'items': 'list', 'item': 'it', 'index': 'i'", {leaf("a", "SRSS")}));
  CHECK(run.with("list", "['x', null]").tick() == "RS a+");
  CHECK(run.value("it") == "\"x\"");
  CHECK(run.value("i") == "0");
  CHECK(run.tick() == "RR a+");
  CHECK(run.value("it") == "null");
  CHECK(run.value("i") == "1");
  CHECK(run.tick() == "SS a");
  CHECK(run.with("list", "[7]").tick() == "SS a+");
  CHECK(run.value("it") == "7");
  CHECK(run.value("i") == "0");
}

TEST_CASE("ForEach over nothing succeeds without its child") {
  Run run(T("ForEach", "'items': 'list', 'item': 'it'", {leaf("a", "")}));
  CHECK(run.with("list", "[]").tick() == "S-");
  CHECK(run.value("it") == "unset");
}

TEST_CASE("ForEach fails with its child and takes a skipped item as done") {
  Run run(T("ForEach", "'items': 'list', 'item': 'it'", {leaf("a", "KKSF")}));
  CHECK(run.with("list", "[1, 2]").tick() == "RK a+");
  CHECK(run.tick() == "SK a+");
  CHECK(run.tick() == "RS a+");
  CHECK(run.tick() == "FF a+");
  CHECK(run.value("it") == "2");
}

TEST_CASE("ForEach takes the list at its start; later writes do not matter") {
  Run run(T("ForEach", "'items': 'list', 'item': 'it'", {leaf("a", "SS")}));
  CHECK(run.with("list", "[1, 2]").tick() == "RS a+");
  CHECK(run.with("list", "[]").tick() == "SS a+");
  CHECK(run.value("it") == "2");
}

TEST_CASE("ForEach does not write the item again while the child runs") {
  Run run(T("ForEach", "'items': '[1]', 'item': 'it'", {leaf("a", "RS")}));
  CHECK(run.tick() == "RR a+");
  CHECK(run.with("it", "9").tick() == "SS a");
  CHECK(run.value("it") == "9");
}

TEST_CASE("ForEach refuses what is no list and what does not fit the key") {
  Run none(T("ForEach", "'items': 'list', 'item': 'it'", {leaf("a", "")}));
  CHECK(none.tick() == "F-");
  CHECK(none.errors() == "ForEach0:missing");
  CHECK(none.with("list", "'text'").tick() == "F-");
  CHECK(none.errors() == "ForEach0:type");
  Run item(T("ForEach", "'items': '[1, True]', 'item': 'it'", {leaf("a", "S")}),
           {.declared = {fixture::declared("it", pyforest::SlotType::kInt)}});
  CHECK(item.tick() == "RS a+");
  CHECK(item.tick() == "FS");
  CHECK(item.errors() == "ForEach0:refused_write");
  Run index(T("ForEach", "'items': '[1]', 'item': 'it', 'index': 'i'", {leaf("a", "")}),
            {.declared = {fixture::declared("i", pyforest::SlotType::kString)}});
  CHECK(index.tick() == "F-");
  CHECK(index.errors() == "ForEach0:refused_write");
}

TEST_CASE("ForEach that was interrupted starts with the first item") {
  Run run(T("Selector", {leaf("high", "FFSF"),
                         T("ForEach", "'items': '[1, 2]', 'item': 'it'", {leaf("a", "SRR")})}));
  CHECK(run.tick() == "RFRS high+ a+");
  CHECK(run.tick() == "RFRR high+ a+");
  CHECK(run.tick() == "SS-- high+ a!");
  CHECK(run.tick() == "RFRR high+ a+");
  CHECK(run.value("it") == "1");
}
