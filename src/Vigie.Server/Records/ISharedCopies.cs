namespace Vigie.Server;

/// <summary>
/// Copies of what is in the records that lie outside this process, where they may not be within reach at the moment an erasure is carried out. The records
/// remember that something is to go until it has gone.
/// </summary>
internal interface ISharedCopies
{
    /// <summary>Every wish up to this number has been carried out.</summary>
    long Done { get; }

    /// <summary>What wishes wait for; null where none waits.</summary>
    string? Waiting { get; }

    /// <summary>Called when <see cref="Done"/> has grown, on any thread.</summary>
    Action Advanced { get; set; }

    /// <summary>Has copies of some texts deleted. Returns at once.</summary>
    /// <returns>The wish's number; each is greater than the one before it.</returns>
    long Forget(Erased erased);

    /// <summary>Has all copies deleted: some text was to go, and nobody remembers which.</summary>
    /// <param name="at">When it was to go.</param>
    /// <returns>The wish's number.</returns>
    long ForgetAll(DateTimeOffset at);
}
