//! From the device's memory to ours: copied into a staging buffer, mapped when the work before it is done.

use futures_channel::oneshot;

use super::device::Device;
use crate::engine::EngineError;

/// A copy that was submitted and not yet read.
pub struct Pending {
    staging: wgpu::Buffer,
    mapped: oneshot::Receiver<Result<(), wgpu::BufferAsyncError>>,
}

/// Records a copy of `bytes` from `source`; [`map`] it after the submit.
pub fn copy(
    device: &Device,
    encoder: &mut wgpu::CommandEncoder,
    source: &wgpu::Buffer,
    offset: u64,
    bytes: u64,
) -> wgpu::Buffer {
    let staging = device.inner.create_buffer(&wgpu::BufferDescriptor {
        label: Some("staging"),
        size: bytes,
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    encoder.copy_buffer_to_buffer(source, offset, &staging, 0, bytes);
    staging
}

/// Asks for a submitted copy to be mapped.
pub fn map(staging: wgpu::Buffer) -> Pending {
    let (tell, mapped) = oneshot::channel();
    // Sending fails only where the receiver was dropped, which is when the run was: the result is of no use
    // then.
    staging.map_async(wgpu::MapMode::Read, .., move |result| drop(tell.send(result)));
    Pending { staging, mapped }
}

impl Pending {
    /// Waits for the copy and reads it.
    pub async fn read<T: bytemuck::Pod>(self, device: &Device) -> Result<Vec<T>, EngineError> {
        #[cfg(not(target_arch = "wasm32"))]
        device
            .inner
            .poll(wgpu::PollType::Wait {
                submission_index: None,
                timeout: None,
            })
            .map_err(|_| device.lost())?;
        self.mapped
            .await
            .map_err(|_| device.lost())?
            .map_err(|_| device.lost())?;
        let read =
            bytemuck::pod_collect_to_vec(&self.staging.get_mapped_range(..).map_err(|_| device.lost())?);
        // See `Device`: dropped alone, it would stay.
        self.staging.destroy();
        Ok(read)
    }
}
