//! A stack that no recipe describes: a waist of 32 units, tanh in it and ReLU around it.

use super::curve::Predicted;
use super::*;
use minigrad::theory::Task;

impl Part for Predicted {
    fn measure(seed: u64) -> Predicted {
        let [relu, tanh] = [Relu, Tanh].map(gaussian::gain);
        let act = Op::Activation;
        let layers = vec![
            vec![Op::linear(256, 256, Init::Kaiming, relu), act(Relu)],
            vec![Op::linear(256, 32, Init::Kaiming, relu), act(Tanh)],
            vec![Op::linear(32, 256, Init::Kaiming, tanh), act(Relu)],
            vec![Op::linear(256, 2, Init::Xavier, 1.0)],
        ];
        let plan = Plan::new(256, layers).expect("every layer fits the one before");
        let prediction = plan.predict(&sgd(1e-2).steps(300), &Task::of(&plan));
        Predicted::beside(prediction, seeds(seed, 5), |seed| plan.build(seed))
    }

    fn report(&self, report: &mut Report) {
        let [typical, _] = self.factors();
        report.numbers("waist", [("typical", typical)]);
        let sentence = format!(
            "Of a stack with a waist, which no recipe describes, the predicted loss is within a \
             factor of {} of the measured one in half of the windows.",
            number(typical)
        );
        report.claim("waist", sentence, typical < 1.5);
    }

    fn figures(&self, report: &Report) -> Vec<Drawing> {
        let conclusion = "A stack that no recipe describes, and its curve before it was built";
        let title = report.title(&["waist"], conclusion, "A stack that no recipe describes");
        let spoken = "Training loss against the step, both logarithmic: measured rings with their \
            ranges on or near the predicted line.";
        let subtitle = &format!(
            "256 → 256 → 32 → 256 → 2, tanh in the waist, lr 0.01; dashed: theory; shaded: eight \
             of ten networks; rings: median of {} seeds, with their range",
            self.seeds
        );
        vec![drawn(self.draw(title, (1e-3, 2.0)), subtitle, spoken)]
    }
}
