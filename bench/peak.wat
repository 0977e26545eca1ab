;; The machine's 128-bit SIMD peak in WebAssembly: twelve vectors of fused multiply-adds that do not wait for each other.
;; peak(n): n times 12 x 4 lanes x 2 operations.
(module
  (func (export "peak") (param $n i32) (result f32)
    (local $x v128) (local $y v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $e v128) (local $f v128)
    (local $g v128) (local $h v128) (local $i v128) (local $j v128) (local $k v128) (local $l v128)
    (local.set $x (f32x4.splat (f32.const 0.999)))
    (local.set $y (f32x4.splat (f32.const 0.001)))
    (loop $again
      (local.set $a (f32x4.relaxed_madd (local.get $a) (local.get $x) (local.get $y)))
      (local.set $b (f32x4.relaxed_madd (local.get $b) (local.get $x) (local.get $y)))
      (local.set $c (f32x4.relaxed_madd (local.get $c) (local.get $x) (local.get $y)))
      (local.set $d (f32x4.relaxed_madd (local.get $d) (local.get $x) (local.get $y)))
      (local.set $e (f32x4.relaxed_madd (local.get $e) (local.get $x) (local.get $y)))
      (local.set $f (f32x4.relaxed_madd (local.get $f) (local.get $x) (local.get $y)))
      (local.set $g (f32x4.relaxed_madd (local.get $g) (local.get $x) (local.get $y)))
      (local.set $h (f32x4.relaxed_madd (local.get $h) (local.get $x) (local.get $y)))
      (local.set $i (f32x4.relaxed_madd (local.get $i) (local.get $x) (local.get $y)))
      (local.set $j (f32x4.relaxed_madd (local.get $j) (local.get $x) (local.get $y)))
      (local.set $k (f32x4.relaxed_madd (local.get $k) (local.get $x) (local.get $y)))
      (local.set $l (f32x4.relaxed_madd (local.get $l) (local.get $x) (local.get $y)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (local.get $n)))
    (f32x4.extract_lane 0
      (f32x4.add
        (f32x4.add (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d))) (f32x4.add (local.get $e) (local.get $f)))
        (f32x4.add (f32x4.add (f32x4.add (local.get $g) (local.get $h)) (f32x4.add (local.get $i) (local.get $j))) (f32x4.add (local.get $k) (local.get $l))))))
)
