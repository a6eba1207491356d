#include "arch/memory/memory_spec.h"

namespace hypar {

const std::vector<PagePolicyName>& page_policies() {
    static const std::vector<PagePolicyName> kPolicies = {{"open", PagePolicy::Open}, {"closed", PagePolicy::Closed}};
    return kPolicies;
}

}  // namespace hypar
