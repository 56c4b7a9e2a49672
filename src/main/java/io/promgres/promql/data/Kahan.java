package io.promgres.promql.data;

/** A compensated sum after Kahan and Neumaier: what rounding lost of each addition is kept beside the sum. */
public final class Kahan {

    public double sum;
    public double compensation;

    public Kahan() {}

    public Kahan(double sum, double compensation) {
        this.sum = sum;
        this.compensation = compensation;
    }

    public void add(double value) {
        double t = sum + value;
        if (Double.isInfinite(t)) {
            compensation = 0;
        } else {
            compensation += lost(value, sum, t);
        }
        sum = t;
    }

    /** What the addition of a value to a sum has lost; 0 where the result is infinite. */
    public static double lost(double value, double sum, double result) {
        return Math.abs(sum) >= Math.abs(value) ? sum - result + value : value - result + sum;
    }

    /** The sum with what was lost; an infinite sum as it is. */
    public double total() {
        return Double.isInfinite(sum) ? sum : sum + compensation;
    }
}
