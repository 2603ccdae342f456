// Configs of composites and decorators.
#include <algorithm>

#include "build.h"

namespace pyforest {

void Builder::configure_composite(std::uint32_t index, const ConfigReader& config) {
  Node& node = program_.nodes[index];
  switch (node.kind) {
    case NodeKind::kSequence:
      node.flags = config.boolean_or("memory", true) ? kMemoryFlag : 0;
      node.memory = cells(1);
      break;
    case NodeKind::kSelector:
      node.flags = config.boolean_or("memory", false) ? kMemoryFlag : 0;
      node.memory = cells(1);
      break;
    case NodeKind::kParallel:
      configure_parallel(index, config);
      break;
    case NodeKind::kIfThenElse:
    case NodeKind::kWhileDoElse:
      if (node.children < 2 || node.children > 3) config.refuse("needs two or three children");
      node.memory = cells(1);
      break;
    case NodeKind::kSwitch:
      configure_switch(index, config);
      break;
    case NodeKind::kRandomSelector:
    case NodeKind::kRandomSequence:
    case NodeKind::kUtilitySelector:
      configure_choice(index, config);
      break;
    case NodeKind::kSubTree:
      if (node.children != 1) config.refuse("needs exactly one child");
      break;
    default:
      break;
  }
}

void Builder::configure_parallel(std::uint32_t index, const ConfigReader& config) {
  Node& node = program_.nodes[index];
  ParallelConfig parallel;
  const std::string_view policy = config.text_or("policy", "SuccessOnAll");
  parallel.synchronise = config.boolean_or("synchronise", true);
  if (policy == "SuccessOnOne") {
    parallel.successes = 1;
  } else if (policy == "SuccessOnSelected") {
    const auto children = children_of(index);
    const Value& selected = config.require("selected");
    if (!selected.is_array() || selected.as_array().empty()) {
      config.refuse("`selected` must name at least one child");
    }
    for (const Value& position : selected.as_array()) {
      if (!position.is_int() || position.as_int() < 0 ||
          position.as_int() >= static_cast<std::int64_t>(children.size())) {
        config.refuse("`selected` holds " + describe(position) + ", which is no child");
      }
      parallel.selected.push_back(children[static_cast<std::size_t>(position.as_int())]);
    }
  } else if (policy == "Threshold") {
    parallel.successes = config.integer_or("success_threshold", -1);
    parallel.failures = config.integer_or("failure_threshold", 1);
    parallel.impossible_fails = true;
    if (parallel.successes == 0) config.refuse("`success_threshold` must not be 0");
    if (parallel.failures == 0) config.refuse("`failure_threshold` must not be 0");
  } else if (policy != "SuccessOnAll") {
    config.refuse("unknown policy `" + std::string(policy) + "`");
  }
  node.config = static_cast<std::uint32_t>(program_.parallels.size());
  program_.parallels.push_back(std::move(parallel));
}

void Builder::configure_switch(std::uint32_t index, const ConfigReader& config) {
  Node& node = program_.nodes[index];
  SwitchConfig choice;
  choice.children = children_of(index);
  if (const Value* variable = config.find("variable");
      variable != nullptr && config.find("expression") == nullptr) {
    choice.expression = expression("bb[\"" + std::string(variable->as_string()) + "\"]",
                                   config.spec().scope, config);
  } else {
    choice.expression = expression(config.text("expression"), config.spec().scope, config);
  }
  const Value& cases = config.require("cases");
  if (!cases.is_array()) config.refuse("`cases` must be an array");
  choice.cases = cases.as_array();
  if (choice.children.size() != choice.cases.size() &&
      choice.children.size() != choice.cases.size() + 1) {
    config.refuse("needs one child for each case, and at most one more as the default");
  }
  node.config = static_cast<std::uint32_t>(program_.switches.size());
  program_.switches.push_back(std::move(choice));
}

void Builder::configure_choice(std::uint32_t index, const ConfigReader& config) {
  Node& node = program_.nodes[index];
  ChoiceConfig choice;
  choice.children = children_of(index);
  if (node.kind == NodeKind::kUtilitySelector) {
    node.flags = config.boolean_or("memory", false) ? kMemoryFlag : 0;
    const Value& scores = config.require("scores");
    if (!scores.is_array() || scores.as_array().size() != choice.children.size()) {
      config.refuse("`scores` needs one expression for each child");
    }
    for (const Value& score : scores.as_array()) {
      const std::string text =
          score.is_string() ? std::string(score.as_string()) : describe(score, 64);
      choice.scores.push_back(expression(text, config.spec().scope, config));
    }
  } else if (const Value* weights = config.find("weights")) {
    if (!weights->is_array() || weights->as_array().size() != choice.children.size()) {
      config.refuse("`weights` needs one number for each child");
    }
    for (const Value& weight : weights->as_array()) {
      if (!weight.is_number() || weight.as_double() < 0) {
        config.refuse("a weight must be a number, zero or more");
      }
      choice.weights.push_back(weight.as_double());
    }
  }
  node.memory = cells(2 + node.children);
  node.config = static_cast<std::uint32_t>(program_.choices.size());
  program_.choices.push_back(std::move(choice));
}

void Builder::configure_decorator(std::uint32_t index, const ConfigReader& config) {
  Node& node = program_.nodes[index];
  auto timer = [&](Duration duration, std::int64_t limit, std::uint32_t memory) {
    node.config = static_cast<std::uint32_t>(program_.timers.size());
    program_.timers.push_back({duration, limit});
    node.memory = cells(memory);
  };
  switch (node.kind) {
    case NodeKind::kRetry: {
      RetryConfig retry;
      retry.failures = config.integer_or("num_failures", 3);
      if (retry.failures == 0 || retry.failures < -1) {
        config.refuse("`num_failures` must be at least 1, or -1 for ever");
      }
      const std::string_view backoff = config.text_or("backoff", "none");
      if (backoff == "fixed") {
        retry.backoff = RetryConfig::Backoff::kFixed;
      } else if (backoff == "exponential") {
        retry.backoff = RetryConfig::Backoff::kExponential;
      } else if (backoff != "none") {
        config.refuse("unknown backoff `" + std::string(backoff) + "`");
      }
      retry.initial_delay = config.nanoseconds_or("initial_delay", 1.0);
      retry.max_delay = config.nanoseconds_or("max_delay", 60.0);
      retry.jitter = config.number_or("jitter", 0.0);
      if (!(retry.jitter >= 0.0 && retry.jitter <= 1.0)) {
        config.refuse("`jitter` must lie between 0 and 1");
      }
      node.config = static_cast<std::uint32_t>(program_.retries.size());
      program_.retries.push_back(retry);
      node.memory = cells(3);
      break;
    }
    case NodeKind::kRepeat: {
      const std::int64_t wanted = config.integer_or("num_success", -1);
      if (wanted < -1) config.refuse("`num_success` must be at least 0, or -1 for ever");
      timer({}, wanted, 1);
      break;
    }
    case NodeKind::kTimeout:
    case NodeKind::kDelay:
      timer(duration("duration", config), 0, 1);
      break;
    case NodeKind::kCooldown:
      node.status = config.status_or("status", Status::kFailure);
      timer(duration("duration", config), 0, 2);
      break;
    case NodeKind::kRateLimit: {
      const std::int64_t calls = config.integer_or("max_calls", 1);
      if (calls < 1 || calls > 10'000) config.refuse("`max_calls` must be 1 to 10,000");
      node.status = config.status_or("status", Status::kFailure);
      timer(duration("period", config), calls, static_cast<std::uint32_t>(calls) + 1);
      break;
    }
    case NodeKind::kOneShot: {
      const std::string_view policy = config.text_or("policy", "OnCompletion");
      if (policy != "OnCompletion" && policy != "OnSuccessfulCompletion") {
        config.refuse("unknown policy `" + std::string(policy) + "`");
      }
      node.flags = policy == "OnCompletion" ? kMemoryFlag : 0;
      node.memory = cells(1);
      break;
    }
    case NodeKind::kGuard: {
      configure_condition(index, config);
      const std::string_view abort = config.text_or("abort", "self");
      if (abort != "self" && abort != "none") {
        config.refuse("unknown abort `" + std::string(abort) + "`");
      }
      if (abort == "self") node.flags |= kAbortSelf;
      break;
    }
    case NodeKind::kForEach: {
      ForEachConfig loop;
      loop.items = expression(config.text("items"), config.spec().scope, config);
      loop.item_slot = slot_of(config.text("item"), config.spec().scope);
      if (config.find("index") != nullptr) {
        loop.index_slot = slot_of(config.text("index"), config.spec().scope);
      }
      loop.items_slot = hidden_slot(index, "items");
      node.memory = cells(1);
      node.config = static_cast<std::uint32_t>(program_.loops.size());
      program_.loops.push_back(loop);
      break;
    }
    case NodeKind::kCount:
      if (config.find("variable") != nullptr) {
        node.slot = slot_of(config.text("variable"), config.spec().scope);
      }
      node.memory = cells(5);
      break;
    case NodeKind::kStatusToBlackboard:
      node.slot = slot_of(config.text("variable"), config.spec().scope);
      break;
    default:
      break;
  }
}

}  // namespace pyforest
