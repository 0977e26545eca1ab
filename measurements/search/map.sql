-- Which figures go together, and where each holds (after distance.sql, in the same session).
CREATE OR REPLACE TEMP TABLE kept AS
SELECT * EXCLUDE (off), off[1] = 0 AS at_15_holds, off[4] = 0 AS EP_holds, off[5] = 0 AS EP_VP_holds,
  off[6] = 0 AS PE_PP_hold, off[7] = 0 AS BP_holds, off[8] = 0 AS share_holds
FROM distances;

-- Of all candidates, how many have each figure, and how many have both of two that exclude each other most.
SELECT reading, count(*) AS candidates, sum(at_15_holds::int) AS at_15, sum(EP_holds::int) AS EP, sum(EP_VP_holds::int) AS EP_VP,
  sum(PE_PP_hold::int) AS PE_PP, sum(BP_holds::int) AS BP, sum(share_holds::int) AS share,
  sum((EP_holds AND BP_holds)::int) AS EP_and_BP, sum((EP_holds AND share_holds)::int) AS EP_and_share,
  sum((BP_holds AND share_holds)::int) AS BP_and_share, sum((EP_holds AND BP_holds AND share_holds)::int) AS all_three,
  sum((at_15_holds AND EP_holds)::int) AS at_15_and_EP
FROM kept WHERE at_15 > 0.6 GROUP BY reading ORDER BY reading;

-- Where: the same by how loud biases start, and by how loud CLS starts against positions.
SELECT reading, round(bias_std, 2) AS bias_std, count(*) AS candidates,
  round(avg(at_15_holds::int), 2) AS at_15, round(avg(EP_holds::int), 2) AS EP, round(avg(PE_PP_hold::int), 2) AS PE_PP,
  round(avg(BP_holds::int), 2) AS BP, round(avg(share_holds::int), 2) AS share, round(median(share), 2) AS median_share
FROM kept WHERE at_15 > 0.6 GROUP BY ALL ORDER BY ALL;

SELECT reading, round(log2(cls_std / position_std)) AS log2_cls_over_positions, count(*) AS candidates,
  round(avg(at_15_holds::int), 2) AS at_15, round(avg(EP_holds::int), 2) AS EP, round(avg(PE_PP_hold::int), 2) AS PE_PP,
  round(avg(BP_holds::int), 2) AS BP, round(avg(share_holds::int), 2) AS share, round(median(share), 2) AS median_share
FROM kept WHERE at_15 > 0.6 GROUP BY ALL ORDER BY ALL;
