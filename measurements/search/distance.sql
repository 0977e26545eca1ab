-- How many of the note's figures a candidate has, and how far it is from the others (README.md has the rule).
-- duckdb -c "SET VARIABLE rows = 'rows/*.parquet'" -f distance.sql
CREATE OR REPLACE MACRO outside(x, low, high) AS greatest(0, low - x, x - high);

CREATE OR REPLACE TEMP TABLE numbers AS
SELECT linear, linear_std, bias_std, token_std, cls_std, position_std, text_position_scale,
  lr, weight_decay, batch, step, reading,
  count(DISTINCT seed) AS seeds,
  median(accuracy) FILTER (usual) AS at_15,
  median(accuracy) FILTER (pair_labels = 5 AND pair_layouts = 20) AS at_5,
  median(accuracy) FILTER (pair_labels = 15 AND pair_layouts = 40)
    - median(accuracy) FILTER (pair_labels = 15 AND pair_layouts = 5) AS layouts,
  median(without_EP) FILTER (usual) AS EP,
  median(without_EP_VP) FILTER (usual) AS EP_VP,
  median(without_PE - accuracy) FILTER (usual) AS PE,
  median(without_PP - accuracy) FILTER (usual) AS PP,
  median(accuracy - without_BP) FILTER (usual) AS BP,
  median("share.XX") FILTER (usual) AS share
FROM (
  SELECT *, pair_labels = 15 AND pair_layouts = 20 AS usual, 'retrieval' AS reading,
    "unseen.retrieval" AS accuracy, "EP unseen.retrieval" AS without_EP, "EP+VP unseen.retrieval" AS without_EP_VP,
    "PE unseen.retrieval" AS without_PE, "PP unseen.retrieval" AS without_PP, "BP unseen.retrieval" AS without_BP
  FROM read_parquet(getvariable('rows'))
  UNION ALL
  SELECT *, pair_labels = 15 AND pair_layouts = 20 AS usual, 'order' AS reading,
    "unseen.order", "EP unseen.order", "EP+VP unseen.order", "PE unseen.order", "PP unseen.order", "BP unseen.order"
  FROM read_parquet(getvariable('rows'))
)
WHERE step > 0
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE distances AS
SELECT *, list_sum(off) AS distance, len(list_filter(off, lambda x: x = 0)) AS figures
FROM (
  SELECT *, [
    outside(at_15, 0.85, 0.95),
    outside(at_5, 0, if(reading = 'order', 0.60, 0.15)),
    outside(layouts, -0.05, 0.05),
    outside(EP, 0.40, 0.60),
    outside(EP_VP, 0.40, 0.60),
    outside(PE, -0.05, 0.05) + outside(PP, -0.05, 0.05),
    outside(BP, 0.05, 0.30),
    outside(share, 0.76, 0.91)
  ] AS off
  FROM numbers
);

SELECT reading, figures, round(distance, 3) AS distance, seeds, step, linear, round(linear_std, 3) AS linear_std, round(bias_std, 3) AS bias_std,
  token_std, round(cls_std, 3) AS cls_std, round(position_std, 3) AS position_std, round(text_position_scale, 3) AS text_scale, lr, weight_decay AS decay, batch,
  round(at_15, 3) AS at_15, round(at_5, 3) AS at_5, round(layouts, 3) AS layouts, round(EP, 3) AS EP,
  round(EP_VP, 3) AS EP_VP, round(PE, 3) AS PE, round(PP, 3) AS PP, round(BP, 3) AS BP, round(share, 3) AS share
FROM distances
QUALIFY row_number() OVER (PARTITION BY reading ORDER BY figures DESC, distance) <= 12
ORDER BY reading, figures DESC, distance;
