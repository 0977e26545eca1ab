//! Adapter and device: found, named, and watched for loss.

use std::sync::{Arc, Mutex};

use crate::engine::EngineError;
use crate::message::clause;

/// A GPU that was found.
#[derive(Debug)]
pub struct Adapter {
    inner: wgpu::Adapter,
}

/// The adapter of this machine or browser.
///
/// # Errors
/// Where there is none.
pub async fn adapter() -> Result<Adapter, EngineError> {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.flags |= wgpu::InstanceFlags::STRICT_WEBGPU_COMPLIANCE;
    let options = wgpu::RequestAdapterOptions {
        power_preference: wgpu::PowerPreference::HighPerformance,
        ..Default::default()
    };
    match wgpu::Instance::new(descriptor).request_adapter(&options).await {
        Ok(inner) => Ok(Adapter { inner }),
        Err(_) if cfg!(target_arch = "wasm32") => Err(EngineError::Unavailable(
            "the browser offers no WebGPU adapter".to_owned(),
        )),
        Err(_) => Err(EngineError::Unavailable(
            "no Vulkan, Metal or DirectX 12 adapter was found".to_owned(),
        )),
    }
}

impl Adapter {
    /// Its name, where the browser tells it.
    pub fn name(&self) -> Option<String> {
        Some(self.inner.get_info().name).filter(|name| !name.is_empty())
    }

    /// Whether it is emulated on the CPU (SwiftShader, lavapipe, WARP).
    pub fn is_cpu(&self) -> bool {
        self.inner.get_info().device_type == wgpu::DeviceType::Cpu
            || self.inner.get_info().name.contains("SwiftShader")
    }

    /// Bytes one storage buffer may have.
    pub fn largest_buffer(&self) -> u64 {
        let limits = self.inner.limits();
        limits.max_storage_buffer_binding_size.min(limits.max_buffer_size)
    }

    /// Bytes one uniform buffer may have.
    pub fn largest_uniform(&self) -> u64 {
        wgpu::Limits::default().max_uniform_buffer_binding_size
    }

    /// A device with WebGPU's default limits, but buffers as large as the adapter allows.
    ///
    /// # Errors
    /// Where the adapter refuses one.
    pub async fn device(&self) -> Result<Device, EngineError> {
        let own = self.inner.limits();
        let limits = wgpu::Limits {
            max_storage_buffer_binding_size: own.max_storage_buffer_binding_size,
            max_buffer_size: own.max_buffer_size,
            ..wgpu::Limits::default()
        };
        let descriptor = wgpu::DeviceDescriptor {
            required_limits: limits,
            ..Default::default()
        };
        let request = self.inner.request_device(&descriptor).await;
        let (inner, queue) =
            request.map_err(|error| EngineError::Unavailable(clause(&error.to_string()).to_owned()))?;
        let lost = Arc::new(Mutex::new(None));
        let tell = lost.clone();
        inner.set_device_lost_callback(move |reason, message| {
            set(
                &tell,
                &if message.is_empty() {
                    format!("{reason:?}")
                } else {
                    message
                },
            );
        });
        let tell = lost.clone();
        // A validation or memory error ends the engine as a lost device does; the default handler would
        // panic.
        inner.on_uncaptured_error(Arc::new(move |error| set(&tell, &error.to_string())));
        Ok(Device { inner, queue, lost })
    }
}

/// Why a lock on the reason of a loss is never poisoned.
const UNPOISONED: &str = "nothing panics while it holds the lock";

fn set(lost: &Mutex<Option<String>>, message: &str) {
    lost.lock()
        .expect(UNPOISONED)
        .get_or_insert_with(|| clause(message).to_owned());
}

/// A device, its queue, and why it was lost, once it is.
#[derive(Debug)]
pub struct Device {
    /// The device.
    pub inner: wgpu::Device,
    /// Its queue.
    pub queue: wgpu::Queue,
    lost: Arc<Mutex<Option<String>>>,
}

/// A browser frees GPU buffers when it collects garbage, however little GPU memory is left, so they are
/// destroyed here.
impl Drop for Device {
    fn drop(&mut self) {
        self.inner.destroy();
    }
}

impl Device {
    /// An error once the device is lost.
    pub fn check(&self) -> Result<(), EngineError> {
        match &*self.lost.lock().expect(UNPOISONED) {
            Some(message) => Err(EngineError::DeviceLost(message.clone())),
            None => Ok(()),
        }
    }

    /// Why mapping a buffer failed.
    pub fn lost(&self) -> EngineError {
        self.check()
            .err()
            .unwrap_or_else(|| EngineError::DeviceLost("its memory cannot be read".to_owned()))
    }
}
