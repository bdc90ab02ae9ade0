#include "reports/phrases.hpp"

#include <array>

namespace faultline::reports {
namespace {

struct Entry {
  Phrase id;
  std::string_view english;
  std::string_view russian;
};

using enum Phrase;

constexpr std::array<Entry, static_cast<std::size_t>(Phrase::count)> table = {{
    {untitled, "Untitled scenario", "Сценарий без названия"},
    {heading_run, "seed {} · {} of virtual time · {} events",
     "начальное число {} · {} модельного времени · событий: {}"},
    {heading_replications, "replications: {}", "повторов: {}"},
    {heading_wall, "computed in {} ({} events/s)", "расчёт занял {} ({} событий/с)"},
    {cut_short, "Cut short: the run ended at {} of {} planned",
     "Прерван: расчёт дошёл до {} из {}"},
    {expectations_failed, "Expectations failed: {}", "Не оправдалось ожиданий: {}"},
    {slo_breached, "SLO “{}” breached", "SLO «{}» нарушен"},
    {slo_met, "SLO “{}” met", "SLO «{}» выполнен"},
    {load_test_broke, "Load test ({}): “{}” broke at {}, {} into the run",
     "Нагрузочный тест ({}): «{}» нарушен при {}, время {}"},
    {load_test_kept, "Load test ({}): “{}” kept up to {}",
     "Нагрузочный тест ({}): «{}» выдержан до {}"},
    {window_all, "the whole run, {} to {}", "весь прогон, от {} до {}"},
    {window_after_warmup, "after a warm-up of {}: {} to {}", "после прогрева {}: от {} до {}"},
    {window_empty, "nothing measured: the run ended within its warm-up",
     "ничего не измерено: прогон закончился во время прогрева"},
    {window_pooled, "{}; {} replications pooled", "{}; повторы сведены вместе: {}"},
    {window_series, "{} to {}, one point per {}", "от {} до {}, точка на каждые {}"},
    {key_numbers, "Key numbers", "Главное"},
    {throughput, "Throughput", "Пропускная способность"},
    {ended_ok, "Ended ok", "Успешно"},
    {sent, "Sent", "Отправлено"},
    {in_flight, "in flight", "в пути"},
    {not_ok, "Not ok", "Неуспешно"},
    {topology, "Topology", "Схема"},
    {topology_note, "bar and percentage: utilisation", "полоса и процент: загрузка"},
    {topology_folded, "{} groups of nodes, drawn by type", "групп узлов: {}, показаны по типам"},
    {topology_merged, "{} groups of nodes; those of one type with the same neighbours share a box",
     "групп узлов: {}; у однотипных групп с одинаковыми соседями общая рамка"},
    {topology_description, "Groups of nodes and who calls whom: {}",
     "Группы узлов и кто кого вызывает: {}"},
    {over_time, "Over time", "Во времени"},
    {latency_over_time, "Latency over time", "Задержка во времени"},
    {throughput_over_time, "Throughput over time", "Пропускная способность во времени"},
    {errors_over_time, "Errors over time", "Ошибки во времени"},
    {errors_none, "No request failed in this window.",
     "В этом окне ни один запрос не завершился ошибкой."},
    {events_over_time, "Faults and breaches", "Сбои и нарушения"},
    {events_more, "and {} more names", "и ещё имён: {}"},
    {event_span, "{} · {} to {}", "{} · от {} до {}"},
    {event_times, "{} · {} times, {} in all", "{} · раз: {}, всего {}"},
    {ok, "ok", "успех"},
    {fail, "fail", "отказ"},
    {unknown, "unknown", "неизвестно"},
    {fault, "fault", "сбой"},
    {phase, "phase of an incident", "фаза инцидента"},
    {breach, "SLO breach", "нарушение SLO"},
    {warmup, "warm-up", "прогрев"},
    {logarithmic, "logarithmic axis", "логарифмическая шкала"},
    {no_data, "No sample in this window.", "В этом окне нет ни одного замера."},
    {latency, "Latency", "Задержка"},
    {latency_of_ok, "requests that ended ok", "успешные запросы"},
    {distribution, "Distribution of latency", "Распределение задержки"},
    {distribution_share, "share of requests in each bar", "доля запросов в каждом столбце"},
    {percentile_curve, "Latency by percentile", "Задержка по процентилям"},
    {percentile_axis, "share of requests that were at most this slow",
     "доля запросов не медленнее указанного"},
    {chart_description, "{}. Highest value: {}; last value: {}.",
     "{}. Наибольшее значение: {}; последнее: {}."},
    {outcomes, "Outcomes", "Исходы"},
    {outcome, "outcome", "исход"},
    {requests, "requests", "запросов"},
    {share, "share", "доля"},
    {reason, "reason", "причина"},
    {errors_by_reason, "Errors by reason", "Ошибки по причинам"},
    {class_of_request, "class", "класс"},
    {all_requests, "all", "все"},
    {mean, "mean", "среднее"},
    {maximum, "max", "макс."},
    {slo, "Service level objectives", "Цели уровня обслуживания (SLO)"},
    {name, "name", "имя"},
    {state, "state", "состояние"},
    {met, "met", "выполнен"},
    {breached, "BREACHED", "НАРУШЕН"},
    {good_if, "good if", "хорошо, если"},
    {target, "target", "цель"},
    {reached, "reached", "достигнуто"},
    {budget_used, "error budget used", "истрачено бюджета ошибок"},
    {breaches, "breaches", "нарушения"},
    {breach_count, "{} ({} in all)", "{} (всего {})"},
    {nodes, "Nodes", "Узлы"},
    {node, "node", "узел"},
    {type, "type", "тип"},
    {utilization, "utilisation", "загрузка"},
    {of_each, "of each", "по узлам"},
    {hit_ratio, "hits", "попаданий"},
    {hit_short, "hit {}", "поп. {}"},
    {queue_mean, "mean queue", "средняя очередь"},
    {queue_wait, "mean wait", "среднее ожидание"},
    {received, "received", "получено"},
    {other_values, "Further values, by type of node", "Другие величины по типам узлов"},
    {nodes_note,
     "latency at a node includes the wait in its queue; of senders, received means sent",
     "задержка узла включает ожидание в его очереди; у клиентов «получено» значит «отправлено»"},
    {rows_more, "The {} rows of highest utilisation are shown; {} more are in the JSON result.",
     "Показаны строки с наибольшей загрузкой: {}; ещё {} есть в результате JSON."},
    {utilization_over_time, "Utilisation over time", "Загрузка во времени"},
    {queue_over_time, "Queue length over time", "Длина очереди во времени"},
    {hits_over_time, "Hit ratio over time", "Доля попаданий во времени"},
    {retries_over_time, "Retries a second over time", "Повторы в секунду во времени"},
    {open_breakers_over_time, "Circuit breakers that are open over time",
     "Разомкнутые размыкатели во времени"},
    {open_connections_over_time, "Open connections over time", "Открытые соединения во времени"},
    {held_connections_over_time, "Connections held over time",
     "Удерживаемые соединения во времени"},
    {rows_own_scale, "each row on its own scale from 0 to its maximum",
     "у каждой строки своя шкала от 0 до её максимума"},
    {rows_mean_of_replicas, "group: mean of the replicas, band: their range",
     "группа: среднее по репликам, полоса: их разброс"},
    {rows_highest, "the {} highest of {} rows", "наибольшие строки: {} из {}"},
    {rows_zero, "always 0: {}", "всё время 0: {}"},
    {scale_from_to, "{} to {}", "от {} до {}"},
    {scale_root, "0 to {}, shades by the square root", "от 0 до {}, оттенки по квадратному корню"},
    {row_mean, "mean {}", "ср. {}"},
    {row_max, "max {}", "макс. {}"},
    {expectations, "Expectations", "Ожидания"},
    {claim, "claim", "утверждение"},
    {value, "value", "значение"},
    {held, "held", "верно"},
    {failed, "FAILED", "НЕВЕРНО"},
    {names_no_value, "names no value of the result", "нет такой величины в результате"},
    {intervals, "Confidence intervals", "Доверительные интервалы"},
    {intervals_note, "{} replications, {} confidence, Student’s t",
     "повторов: {}, доверие {}, распределение Стьюдента"},
    {half_width, "half width", "полуширина"},
    {relative, "relative", "относительно"},
    {deviation, "standard deviation", "станд. отклонение"},
    {repeat, "Repeat this run", "Как повторить прогон"},
    {repeat_note,
     "Save the scenario below as scenario.json. The same file, seed and version give the same "
     "digests on every machine.",
     "Сохраните сценарий ниже как scenario.json. Тот же файл, начальное число и версия дают те же "
     "отпечатки на любой машине."},
    {seed, "seed", "начальное число"},
    {digest_order, "digest of event order", "отпечаток порядка событий"},
    {digest_results, "digest of results", "отпечаток результатов"},
    {scenario_digest, "SHA-256 of the scenario", "SHA-256 сценария"},
    {version, "version", "версия"},
    {scenario_text, "Scenario", "Сценарий"},
    {scenario_cut, "Only the first {} of {} are shown.", "Показаны только первые {} из {}."},
    {more_in_json, "And {} more: see the JSON result.", "И ещё {}: см. результат JSON."},
    {made_by, "Faultline {}", "Faultline {}"},
}};

constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i].id != static_cast<Phrase>(i) || table[i].english.empty() ||
        table[i].russian.empty())
      return false;
  }
  return true;
}
static_assert(in_order(), "every phrase stands in the table once, in the order of the enumeration");

}  // namespace

std::string_view words(Phrase id, Language language) {
  const Entry& entry = table[static_cast<std::size_t>(id)];
  return language == Language::russian ? entry.russian : entry.english;
}

}  // namespace faultline::reports
