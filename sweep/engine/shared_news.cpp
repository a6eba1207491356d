#include "sweep/engine/shared_news.h"

#include <algorithm>
#include <utility>

namespace hypar {

void SharedNews::add(std::uint64_t teller, Words news) {
    if (news.empty() || news.size() > most_words_) return;
    words_ += news.size();
    items_.push_back({teller, std::move(news)});
    while (words_ > most_words_) {
        words_ -= items_.front().news.size();
        items_.pop_front();
        ++forgotten_;
    }
}

std::vector<const Words*> SharedNews::behind(std::uint64_t& heard, std::uint64_t listener) const {
    std::vector<const Words*> news;
    for (std::uint64_t item = std::max(heard, forgotten_) - forgotten_; item < items_.size(); ++item) {
        if (items_[item].teller != listener) news.push_back(&items_[item].news);
    }
    heard = forgotten_ + items_.size();
    return news;
}

}  // namespace hypar
