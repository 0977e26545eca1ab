//! Any bytes are the JSON of a run or an error; what the check lets pass has a size.
#![no_main]

use leftright::experiment::bytes_of_largest;
use leftright::recipe::Recipe;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(recipe) = Recipe::read(bytes)
        && let Ok(config) = recipe.config.validate()
    {
        assert!(bytes_of_largest([&config]) > 0);
    }
});
