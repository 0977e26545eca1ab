-- In how many confirming models what the article shows holds: without EP order is a coin's, and both objects are still named.
-- duckdb -f clean.sql
SELECT linear, linear_std, bias_std, token_std, cls_std, round(position_std, 4) AS position_std, step, count(*) AS models,
  count(*) FILTER (abs("EP unseen.order" - 0.5) <= 0.1) AS coin,
  count(*) FILTER ("EP unseen.recognition" >= 0.9) AS named,
  count(*) FILTER (abs("EP unseen.order" - 0.5) <= 0.1 AND "EP unseen.recognition" >= 0.9) AS clean
FROM read_parquet(['confirm.parquet', 'confirm-steady.parquet'])
WHERE pair_labels = 15 AND pair_layouts = 20 AND step > 0
GROUP BY ALL ORDER BY ALL;
