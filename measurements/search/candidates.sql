-- Stage 2's candidates, as a sweep's file has them (after distance.sql, in the same session).
-- duckdb -noheader -list -c "SET VARIABLE rows = '…'" -c ".read distance.sql" -c ".read candidates.sql"
CREATE OR REPLACE MACRO middle(a, b) AS if(a * b > 0, sqrt(a * b), (a + b) / 2);
CREATE OR REPLACE MACRO differs(a, b) AS (a IS DISTINCT FROM b)::int;

CREATE OR REPLACE TEMP TABLE nearest AS
SELECT * FROM distances
QUALIFY row_number() OVER (PARTITION BY reading ORDER BY figures DESC, distance) <= 12;

-- Two of the nearest that differ in one setting alone have a middle.
CREATE OR REPLACE TEMP TABLE middles AS
SELECT a.reading, a.linear, middle(a.linear_std, b.linear_std) AS linear_std, middle(a.bias_std, b.bias_std) AS bias_std,
  middle(a.token_std, b.token_std) AS token_std, middle(a.cls_std, b.cls_std) AS cls_std,
  middle(a.position_std, b.position_std) AS position_std, a.text_position_scale,
  middle(a.lr, b.lr) AS lr, middle(a.weight_decay, b.weight_decay) AS weight_decay, a.batch
FROM nearest a JOIN nearest b ON a.reading = b.reading AND a.linear = b.linear AND a.batch = b.batch
  AND a.text_position_scale = b.text_position_scale
WHERE differs(a.linear_std, b.linear_std) + differs(a.bias_std, b.bias_std) + differs(a.token_std, b.token_std)
  + differs(a.cls_std, b.cls_std) + differs(a.position_std, b.position_std) + differs(a.lr, b.lr)
  + differs(a.weight_decay, b.weight_decay) = 1
QUALIFY row_number() OVER (PARTITION BY a.reading ORDER BY a.figures + b.figures DESC, a.distance + b.distance, a.step, b.step) <= 12;

SELECT DISTINCT format(E'[[candidates]]\nlinear = "{}"\nlinear_std = {:.4f}\nbias_std = {:.4f}\ntoken_std = {:.4f}\ncls_std = {:.4f}\nposition_std = {:.4f}\ntext_position_scale = {:.4f}\nlr = {:.6f}\nweight_decay = {:.4f}\nbatch = {}\n',
  linear, linear_std, bias_std, token_std, cls_std, position_std, text_position_scale, lr, weight_decay, batch) AS candidate
FROM (FROM nearest SELECT linear, linear_std, bias_std, token_std, cls_std, position_std, text_position_scale, lr, weight_decay, batch
  UNION FROM middles SELECT linear, linear_std, bias_std, token_std, cls_std, position_std, text_position_scale, lr, weight_decay, batch)
ORDER BY candidate;
