using System.Numerics;

namespace Conversations.Bench;

/// <summary>Counts durations in units of 100 ns, in buckets with an error of at most 1.6 %.</summary>
internal sealed class Histogram
{
    private const int Bits = 6;

    private readonly long[] counts = new long[40 << Bits];
    private long sum;

    public long Count { get; private set; }

    /// <summary>In microseconds.</summary>
    public double Mean => Count == 0 ? 0 : sum / 10.0 / Count;

    public static Histogram Sum(IEnumerable<Histogram> histograms)
    {
        Histogram all = new();
        foreach (var one in histograms)
        {
            (all.Count, all.sum) = (all.Count + one.Count, all.sum + one.sum);
            for (var i = 0; i < all.counts.Length; i++)
            {
                all.counts[i] += one.counts[i];
            }
        }

        return all;
    }

    public void Add(long time)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)Math.Max(1, time)) - Bits);
        counts[(shift << Bits) + (int)(time >> shift)]++;
        sum += time;
        Count++;
    }

    /// <summary>In microseconds; 0 for an empty histogram.</summary>
    public double Quantile(double share)
    {
        var left = (long)Math.Ceiling(Count * share);
        for (var i = 0; i < counts.Length && Count > 0; i++)
        {
            if ((left -= counts[i]) <= 0)
            {
                var shift = Math.Max(0, (i >> Bits) - 1);
                return ((long)(i - (shift << Bits)) << shift) / 10.0;
            }
        }

        return 0;
    }
}
