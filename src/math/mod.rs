//! Numbers: the float that the CPU engine and the analysis compute in, and the matrix product. Knows no
//! model.

mod matmul;
mod real;

pub use matmul::{Matrix, Store, axpy, dot, matmul, reduce};
pub use real::Real;
