//! The same numbers as PyTorch 2.15 in float64. Above each: the lines that made them, after
//!
//! ```python
//! import torch, torch.nn.functional as F
//! torch.set_default_dtype(torch.float64)
//! show = lambda t: print([float(v) for v in t.detach().reshape(-1)])
//! ```

use minigrad::prelude::*;
use minigrad::tensor::Scalar;

/// Fails unless every entry lies within `relative` of the expected one, plus `absolute`.
#[track_caller]
fn close<T: Scalar>(found: &Array2<T>, expected: &[f64], relative: f64, absolute: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().map(|x| x.to_f64()).zip(expected) {
        let allowed = relative * expected.abs() + absolute;
        assert!((found - expected).abs() <= allowed, "{found:e} instead of {expected:e}");
    }
}

/// f64: some tens of roundings in either library.
const DOUBLE: f64 = 1e-12;
/// PyTorch's own cancellation in the left tail of GELU, where it adds 1 to erf or tanh.
const TAIL: f64 = 1e-15;
/// Rounding unit of f32, with which every bound on f32 is written.
const EPS: f64 = f32::EPSILON as f64;

const POINTS: [[f64; 13]; 1] =
    [[-20.0, -6.0, -3.0, -1.0, -0.5, -0.125, 0.0, 0.125, 0.5, 1.0, 3.0, 6.0, 20.0]];

// x = torch.tensor([-20., -6., -3., -1., -.5, -.125, 0., .125, .5, 1., 3., 6., 20.],
//                  requires_grad=True)
// y = F.relu(x); y.sum().backward(); show(y); show(x.grad)            and so on
/// `phi` and its derivative at [`POINTS`]. In f32: values to 8 ulp, slopes to 4 eps, as
/// `math::single` promises.
#[test]
#[allow(clippy::approx_constant)] // ln 2 is softplus at 0.
fn activations_are_those_of_pytorch() {
    let all = [
        // y = F.relu(x)
        (
            Relu,
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.125, 0.5, 1.0, 3.0, 6.0, 20.0],
            [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        ),
        // y = F.leaky_relu(x)
        (
            LeakyRelu(0.01),
            [-0.2, -0.06, -0.03, -0.01, -0.005, -0.00125, 0.0, 0.125, 0.5, 1.0, 3.0, 6.0, 20.0],
            [0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0],
        ),
        // y = torch.tanh(x)
        (
            Tanh,
            [
                -1.0, -0.9999877116507956, -0.9950547536867305, -0.7615941559557649,
                -0.4621171572600098, -0.12435300177159621, 0.0, 0.12435300177159621,
                0.4621171572600098, 0.7615941559557649, 0.9950547536867305, 0.9999877116507956,
                1.0,
            ],
            [
                0.0, 2.4576547405302974e-05, 0.009866037165440166, 0.41997434161402614,
                0.7864477329659274, 0.9845363309503934, 1.0, 0.9845363309503934,
                0.7864477329659274, 0.41997434161402614, 0.009866037165440166,
                2.4576547405302974e-05, 0.0,
            ],
        ),
        // y = torch.sigmoid(x)
        (
            Sigmoid,
            [
                2.0611536181902037e-09, 0.0024726231566347743, 0.04742587317756678,
                0.2689414213699951, 0.3775406687981454, 0.46879062662624377, 0.5,
                0.5312093733737563, 0.6224593312018546, 0.7310585786300049, 0.9525741268224334,
                0.9975273768433653, 0.9999999979388463,
            ],
            [
                2.0611536139418496e-09, 0.002466509291360048, 0.04517665973091214,
                0.19661193324148185, 0.2350037122015945, 0.24902597501361745, 0.25,
                0.24902597501361748, 0.2350037122015945, 0.19661193324148185, 0.045176659730912,
                0.002466509291359931, 2.0611536879193953e-09,
            ],
        ),
        // y = F.gelu(x)
        (
            Gelu,
            [
                -0.0, -5.919525869479969e-09, -0.00404969409489031, -0.15865525393145702,
                -0.15426876936299344, -0.056282721896235885, 0.0, 0.06871727810376412,
                0.34573123063700656, 0.841344746068543, 2.99595030590511, 5.999999994080474, 20.0,
            ],
            [
                -1.1041896724319527e-86, -3.546870945402639e-08, -0.01194564720418392,
                -0.08331547058768635, 0.13250487534383712, 0.4007820643017934, 0.5,
                0.5992179356982066, 0.8674951246561629, 1.0833154705876864, 1.011945647204184,
                1.0000000354687093, 1.0,
            ],
        ),
        // y = F.gelu(x, approximate="tanh")
        (
            GeluTanh,
            [
                -0.0, -8.43964897967453e-11, -0.0036373920817729943, -0.15880800939172324,
                -0.15428599017485606, -0.05628280137577661, 0.0, 0.06871719862422339,
                0.34571400982514394, 0.8411919906082768, 2.996362607918227, 5.9999999999156035,
                20.0,
            ],
            [
                0.0, -7.709976012836329e-10, -0.011584166630969648, -0.08296408384578252,
                0.13263009646535764, 0.40078459383720855, 0.5, 0.5992154061627915,
                0.8673699035346424, 1.0829640838457826, 1.0115841666309695, 1.0000000007709977,
                1.0,
            ],
        ),
        // y = F.silu(x)
        (
            Silu,
            [
                -4.122307236380407e-08, -0.014835738939808647, -0.14227761953270035,
                -0.2689414213699951, -0.1887703343990727, -0.05859882832828047, 0.0,
                0.06640117167171954, 0.3112296656009273, 0.7310585786300049, 2.8577223804672998,
                5.985164261060192, 19.999999958776925,
            ],
            [
                -3.9161918660646786e-08, -0.012326432591525513, -0.08810410601516962,
                0.07232948812851325, 0.2600388126973482, 0.4376623797495416, 0.5,
                0.5623376202504585, 0.7399611873026519, 0.9276705118714869, 1.0881041060151693,
                1.0123264325915249, 1.0000000391619202,
            ],
        ),
        // y = F.elu(x)
        (
            Elu,
            [
                -0.9999999979388464, -0.9975212478233336, -0.950212931632136, -0.6321205588285577,
                -0.3934693402873666, -0.1175030974154046, 0.0, 0.125, 0.5, 1.0, 3.0, 6.0, 20.0,
            ],
            [
                2.061153622438558e-09, 0.0024787521766663585, 0.049787068367863944,
                0.36787944117144233, 0.6065306597126334, 0.8824969025845955, 1.0, 1.0, 1.0, 1.0,
                1.0, 1.0, 1.0,
            ],
        ),
        // y = F.selu(x)
        (
            Selu,
            [
                -1.758099337223664, -1.7537414482794556, -1.6705687287671118, -1.1113307378125625,
                -0.6917581878028713, -0.2065821181135479, 0.0, 0.13133762341943506,
                0.5253504936777402, 1.0507009873554805, 3.1521029620664414, 6.304205924132883,
                21.014019747109607,
            ],
            [
                3.6237128249944113e-09, 0.0043578925679211246, 0.08753061208026487,
                0.646768603034814, 1.0663411530445053, 1.5515172227338287, 1.7580993408473766,
                1.0507009873554805, 1.0507009873554805, 1.0507009873554805, 1.0507009873554805,
                1.0507009873554805, 1.0507009873554805,
            ],
        ),
        // y = F.softplus(x)
        (
            Softplus,
            [
                2.061153620314381e-09, 0.0024756851377304495, 0.04858735157374206,
                0.31326168751822286, 0.4740769841801067, 0.6325990353171691, 0.6931471805599453,
                0.7575990353171691, 0.9740769841801067, 1.3132616875182228, 3.048587351573742,
                6.00247568513773, 20.000000002061153,
            ],
            [
                2.0611536181902033e-09, 0.0024726231566347748, 0.04742587317756679,
                0.2689414213699951, 0.37754066879814546, 0.46879062662624377, 0.5,
                0.5312093733737563, 0.6224593312018546, 0.7310585786300049, 0.9525741268224333,
                0.9975273768433652, 0.9999999979388464,
            ],
        ),
    ];
    for (phi, values, slopes) in all {
        println!("{phi}");
        let x = Tensor::parameter(POINTS);
        let y: Tensor<f64> = x.activation(phi);
        close(y.values(), &values, DOUBLE, TAIL);
        close(y.sum().backward().of(&x), &slopes, DOUBLE, TAIL);
        let x: Tensor = Tensor::parameter(POINTS.map(|row| row.map(|x| x as f32)));
        let y = x.activation(phi);
        close(y.values(), &values, 8.0 * EPS, TAIL + f64::from(f32::MIN_POSITIVE));
        close(y.sum().backward().of(&x), &slopes, 0.0, 4.0 * EPS);
    }
}

// z = torch.tensor([[2., -1.], [.25, .5], [-30., 40.]], requires_grad=True)
// loss = F.cross_entropy(z, torch.tensor([0, 0, 0])); loss.backward(); show(loss); show(z.grad)
#[test]
fn cross_entropy_of_two_classes_is_that_of_pytorch() {
    cross_entropy(
        [[2.0, -1.0], [0.25, 0.5], [-30.0, 40.0]],
        &[0, 0, 0],
        23.624842257150863,
        &[
            -0.015808624392522248, 0.015808624392522258, -0.1873921669619327, 0.18739216696193267,
            -0.3333333333333333, 0.3333333333333333,
        ],
    );
}

// z = torch.tensor([[1., 2., 3., 4., 5.], [-1., .5, .25, -2., 0.], [100., 0., -100., 50., 99.]],
//                  requires_grad=True)
// loss = F.cross_entropy(z, torch.tensor([4, 1, 3])); loss.backward(); show(loss); show(z.grad)
#[test]
fn cross_entropy_of_five_classes_is_that_of_pytorch() {
    cross_entropy(
        [[1.0, 2.0, 3.0, 4.0, 5.0], [-1.0, 0.5, 0.25, -2.0, 0.0], [100.0, 0.0, -100.0, 50.0, 99.0]],
        &[4, 1, 3],
        17.25164015134411,
        &[
            0.0038854103186798696, 0.010561640265374756, 0.02870951481208957, 0.07804055241757887,
            -0.12119711781372307, 0.027643721170431627, -0.20944277030033692, 0.09648606750525485,
            0.010169556696077556, 0.0751434249285729, 0.2436861928766683, 9.065311518084752e-45,
            3.3723647593571583e-88, -0.3333333333333333, 0.08964714045666503,
        ],
    );
}

#[track_caller]
fn cross_entropy<const R: usize, const C: usize>(
    logits: [[f64; C]; R],
    labels: &[usize],
    loss: f64,
    gradient: &[f64],
) {
    let z = Tensor::parameter(logits);
    let found = z.cross_entropy(labels);
    close(found.values(), &[loss], DOUBLE, 0.0);
    close(found.backward().of(&z), gradient, DOUBLE, TAIL);
    // f32: the logarithm is taken in f64, the rest is a handful of roundings.
    let z = Tensor::parameter(logits.map(|row| row.map(|z| z as f32)));
    let found = z.cross_entropy(labels);
    close(found.values(), &[loss], 4.0 * EPS, 0.0);
    close(found.backward().of(&z), gradient, 8.0 * EPS, 2.0 * EPS);
}

// x = torch.tensor([[1., -2., .5], [.25, 3., -1.5]], requires_grad=True)
// w = torch.tensor([[.5, -1.], [.125, 2.], [-.75, 1.5]], requires_grad=True)
// b = torch.tensor([[.25, -.5]], requires_grad=True)
// y = x @ w + b
// loss = F.mse_loss(y, torch.tensor([[1., 0.], [0., 1.]])); loss.backward()
// for t in y, loss, x.grad, w.grad, b.grad: show(t)
#[test]
fn a_linear_layer_is_that_of_pytorch() {
    fn check<T: Scalar>() {
        let numbers = |rows: &[[f64; 3]]| {
            let entries = rows.iter().flatten().map(|&x| T::from_f64(x)).collect();
            Array2::from_shape_vec((rows.len(), 3), entries).expect("three columns")
        };
        // Sums of few eighths: exact in f32, too.
        let x = Tensor::parameter(numbers(&[[1.0, -2.0, 0.5], [0.25, 3.0, -1.5]]));
        let w =
            Tensor::parameter(numbers(&[[0.5, 0.125, -0.75], [-1.0, 2.0, 1.5]]).reversed_axes());
        let b = Tensor::parameter([[0.25, -0.5].map(T::from_f64)]);
        let target = Tensor::constant([[1.0, 0.0].map(T::from_f64), [0.0, 1.0].map(T::from_f64)]);
        let y = x.linear(&w, &b);
        let loss = y.mean_squared_error(&target);
        let gradients = loss.backward();
        close(y.values(), &[0.125, -4.75, 1.875, 3.0], 0.0, 0.0);
        close(loss.values(), &[7.7109375], 0.0, 0.0);
        let dx = [2.15625, -4.8046875, -3.234375, -0.53125, 2.1171875, 0.796875];
        close(gradients.of(&x), &dx, 0.0, 0.0);
        let dw = [-0.203125, -2.125, 3.6875, 7.75, -1.625, -2.6875];
        close(gradients.of(&w), &dw, 0.0, 0.0);
        close(gradients.of(&b), &[0.5, -1.375], 0.0, 0.0);
    }
    check::<f32>();
    check::<f64>();
}

/// Losses and final parameters of five steps on a net of two layers.
struct Steps {
    losses: [f64; 5],
    parameters: [&'static [f64]; 4],
}

// x = torch.tensor([[1., -.5, .25], [-.75, .5, 1.5], [.125, -1., -.5], [2., .75, -1.25]])
// labels = torch.tensor([0, 1, 1, 0])
// w1 = torch.tensor([[.5, -.25, .75, -1.], [.125, 1., -.5, .25], [-.75, .375, .5, .625]],
//                   requires_grad=True)
// b1 = torch.zeros(1, 4, requires_grad=True)
// w2 = torch.tensor([[.5, -.5], [-.25, .75], [1., .125], [-.375, .25]], requires_grad=True)
// b2 = torch.zeros(1, 2, requires_grad=True)
// p = [w1, b1, w2, b2]
// optimizer = torch.optim.SGD(p, lr=.125, momentum=.875)        # or Adam, as below
// for _ in range(5):
//     loss = F.cross_entropy(torch.tanh(x @ w1 + b1) @ w2 + b2, labels)
//     optimizer.zero_grad(); loss.backward(); optimizer.step(); print(loss.item())
// for t in p: show(t)
fn five_steps<T: Scalar>(
    mut optimizer: impl Optimizer<T>,
    expected: &Steps,
    relative: f64,
    absolute: f64,
) {
    let numbers = |rows: usize, entries: &[f64]| {
        let entries: Vec<T> = entries.iter().map(|&x| T::from_f64(x)).collect();
        Array2::from_shape_vec((rows, entries.len() / rows), entries).expect("whole rows")
    };
    let x = Tensor::constant(numbers(
        4,
        &[1.0, -0.5, 0.25, -0.75, 0.5, 1.5, 0.125, -1.0, -0.5, 2.0, 0.75, -1.25],
    ));
    let w1 = [0.5, -0.25, 0.75, -1.0, 0.125, 1.0, -0.5, 0.25, -0.75, 0.375, 0.5, 0.625];
    let w2 = [0.5, -0.5, -0.25, 0.75, 1.0, 0.125, -0.375, 0.25];
    let mut p = [numbers(3, &w1), Array2::zeros((1, 4)), numbers(4, &w2), Array2::zeros((1, 2))]
        .map(Tensor::parameter);
    for expected in expected.losses {
        let [w1, b1, w2, b2] = &p;
        let loss = x.linear(w1, b1).tanh().linear(w2, b2).cross_entropy(&[0, 1, 1, 0]);
        close(loss.values(), &[expected], relative, absolute);
        let gradients = loss.backward();
        optimizer.step(&mut p, &gradients);
    }
    for (parameter, expected) in p.iter().zip(expected.parameters) {
        close(parameter.values(), expected, relative, absolute);
    }
}

/// Five steps in f32: a gradient of this net errs by about 16 eps (four layers of sums of at most
/// four terms of order 1, and tanh's 2 ulp); five of them, each weighed by at most
/// `lr/(1 - momentum) = 1`, and one rounding of the weight a step.
const FIVE: f64 = 5.0 * (16.0 + 1.0) * EPS;

// optimizer = torch.optim.SGD(p, lr=.125, momentum=.875)
#[test]
fn momentum_is_that_of_pytorch() {
    let expected = Steps {
        losses: [
            0.569100966937937, 0.5366193734501299, 0.48096567749789365, 0.41520779014499504,
            0.35397027768250355,
        ],
        parameters: [
            &[
                0.5336289768875804, -0.35717937548781953, 0.8201674130779396, -1.0035247682542683,
                0.3913708392400936, 0.9048371424240211, -0.2494176112818311, 0.13128521201264695,
                -0.6009919486555934, 0.3807294932036989, 0.5513612255420238, 0.5607629230432672,
            ],
            &[
                -0.24145710052321795, 0.023476027270837727, -0.23021424568995236,
                0.11229487291882909,
            ],
            &[
                0.5176029304568845, -0.5176029304568845, -0.06277687532289654, 0.5627768753228964,
                0.9925808002080584, 0.13241919979194156, -0.31699282783232086, 0.1919928278323208,
            ],
            &[-0.24253860867347626, 0.2425386086734763],
        ],
    };
    five_steps::<f64>(Sgd::new(0.125, 0.875), &expected, DOUBLE, TAIL);
    five_steps::<f32>(Sgd::new(0.125, 0.875), &expected, 0.0, FIVE);
}

// optimizer = torch.optim.Adam(p, lr=.0625, betas=(.875, .96875))
#[test]
fn adam_is_that_of_pytorch() {
    let expected = Steps {
        losses: [
            0.569100966937937, 0.4607735003262984, 0.38110704411235885, 0.3118875991433569,
            0.25099529765230494,
        ],
        parameters: [
            &[
                0.7983353385007714, -0.5596387503755924, 1.063370808807931, -1.1393464426966051,
                0.4248991002961134, 0.7034606323865901, -0.19804852564156897, -0.04921347301920362,
                -0.44262216452249603, 0.41828061585759774, 0.7520981465408182, 0.32107690827656743,
            ],
            &[-0.29195857012801657, 0.18201729164260314, -0.29863887191176475, 0.29523371362659506],
            &[
                0.6162866234339459, -0.6162866234339457, 0.017594056162594608, 0.4824059438374054,
                1.0420677295738305, 0.08293227042616946, -0.32162072731523395, 0.19662072731523395,
            ],
            &[-0.2846581346133466, 0.28465813461334655],
        ],
    };
    five_steps::<f64>(Adam::new(0.0625).betas(0.875, 0.96875), &expected, DOUBLE, TAIL);
    // Adam divides a gradient by its own size, so that its error enters relative to itself: at most
    // 256 times as much, as no gradient here is below 1/256 of the largest.
    let single = Adam::new(0.0625).betas(0.875, 0.96875);
    five_steps::<f32>(single, &expected, 0.0, 256.0 * 0.0625 * FIVE);
}

// optimizer = torch.optim.SGD(p, lr=.125, momentum=.875, weight_decay=.0625)
#[test]
fn weight_decay_of_gradient_descent_is_that_of_pytorch() {
    let expected = Steps {
        losses: [
            0.569100966937937, 0.5338768049206644, 0.4759631543393061, 0.4128335658988543,
            0.36156895670407524,
        ],
        parameters: [
            &[
                0.4882465219861482, -0.3343670809306641, 0.7508598720753582, -0.907498677532389,
                0.3658693807981149, 0.8090841673841787, -0.211938610299134, 0.11159204106539478,
                -0.5352597537036243, 0.34545895837858287, 0.4961296606078097, 0.5020960001089841,
            ],
            &[-0.22787809090158517, 0.02148615673809467, -0.21797067701495726, 0.10733131179917921],
            &[
                0.4734964785774526, -0.4734964785774526, -0.04955880128445487, 0.5007716777462504,
                0.8997408348758209, 0.11548813716321923, -0.2909175299187536, 0.17811431080330464,
            ],
            &[-0.2310261273268572, 0.23102612732685723],
        ],
    };
    let sgd = || Sgd::new(0.125, 0.875).weight_decay(0.0625);
    five_steps::<f64>(sgd(), &expected, DOUBLE, TAIL);
    five_steps::<f32>(Sgd::new(0.125, 0.875).weight_decay(0.0625), &expected, 0.0, FIVE);
}

// optimizer = torch.optim.AdamW(p, lr=.0625, betas=(.875, .96875), weight_decay=.25)
// schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: min(1, (t + 1)/4))
// and schedule.step() after each optimizer.step()
#[test]
fn decoupled_weight_decay_and_warm_up_are_those_of_pytorch() {
    let expected = Steps {
        losses: [
            0.569100966937937, 0.5364906029409697, 0.4806804620764326, 0.41489311609509105,
            0.3472766973420569,
        ],
        parameters: [
            &[
                0.6789960434183424, -0.4511412384113217, 0.9252170153943857, -1.056097846052747,
                0.3280617327062527, 0.7371074410743484, -0.2638670665363044, 0.02826858437820022,
                -0.49787937673400784, 0.47072057929552663, 0.6654950558787244, 0.38168623817476743,
            ],
            &[-0.20762866618575093, 0.17302281912966977, -0.20811846704675752, 0.20716557223974685],
            &[
                0.530411669429344, -0.5304116694293439, -0.03644249025194073, 0.509665308433907,
                0.9089600277905104, 0.15579131311891425, -0.24335028569818068, 0.12504458115268907,
            ],
            &[-0.20539198234550415, 0.20539198234550413],
        ],
    };
    let adam = Adam::new(0.0625).betas(0.875, 0.96875).weight_decay(0.25).warm_up(4);
    five_steps::<f64>(adam, &expected, DOUBLE, TAIL);
}

// As above, with one input, x[:1], labels = torch.tensor([1]), and
// optimizer = torch.optim.SGD(p, lr=.125, momentum=.875, weight_decay=.0625)
// schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda t: min(1, (t + 1)/4))
// and torch.nn.utils.clip_grad_norm_(p, 2.) before each optimizer.step(), schedule.step() after it.
// The norms are 2.59, 2.55, 2.14 and below.
#[test]
fn clipping_in_a_training_is_that_of_pytorch() {
    let expected = Steps {
        losses: [
            2.123859981804806, 1.9586388903617005, 1.3936682602855301, 0.576512404903832,
            0.1528378711498507,
        ],
        parameters: [
            &[
                -0.22650577254111331, 0.27517589535102865, 0.48407280259887736,
                -0.7463385305741589, 0.45821926179500677, 0.6673335952148691, -0.357025193140922,
                0.1431916816041127, -0.8615479860256618, 0.471254745282949, 0.40849018025342776,
                0.6183369102468439,
            ],
            &[-0.6864609399070467, 0.5051534790339953, -0.2058599484500229, 0.17357180415770807],
            &[
                0.4059678586177683, -0.4059678586177683, 0.12407957428681848, 0.33587559307911496,
                0.32890537956963284, 0.7059937470037175, 0.1979735917710132, -0.3129623836124965,
            ],
            &[-0.7545271821011146, 0.7545271821011146],
        ],
    };
    let mut network = Recipe::mlp(2).width(4).inputs(3).activation(Tanh).build();
    let weights = [
        &array![[0.5, -0.25, 0.75, -1.0], [0.125, 1.0, -0.5, 0.25], [-0.75, 0.375, 0.5, 0.625]],
        &array![[0.5, -0.5], [-0.25, 0.75], [1.0, 0.125], [-0.375, 0.25]],
    ];
    for (linear, weight) in network.linears_mut().into_iter().zip(weights) {
        linear.weight = Tensor::parameter(weight.clone());
    }
    let inputs = array![[1.0, -0.5, 0.25]];
    let one = Split { inputs, labels: vec![1] };
    let data = Data { train: one.clone(), validation: one };
    let training = Training::sgd(0.125).momentum(0.875).weight_decay(0.0625).warm_up(4);
    let training = training.clip_norm(2.0).batch(1).steps(5);
    let run = network.train(&data, &training);
    for (found, expected) in run.losses.iter().zip(expected.losses) {
        close(&array![[*found]], &[expected], 0.0, FIVE);
    }
    for (parameter, expected) in network.parameters().zip(expected.parameters) {
        close(parameter.values(), expected, 0.0, FIVE);
    }
}
