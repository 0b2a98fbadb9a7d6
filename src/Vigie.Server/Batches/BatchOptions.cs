using System.Globalization;

namespace Vigie.Server;

/// <summary>Where batches wait between being checked and being answered.</summary>
public sealed record BatchOptions
{
    /// <summary>So many bytes of a batch wait in memory, and what is beyond them in a file; 64 KiB to 1 GiB.</summary>
    public int Memory { get; init; } = 1 << 20;

    /// <summary>The folder of those files, which have no name there and vanish with the request or the process; null for the system's folder of temporary files.</summary>
    public string? Folder { get; init; }

    /// <summary>Most bytes of all those files together, 1 MiB to 1 TiB; a batch for which there is no room is refused with 503.</summary>
    public long Disk { get; init; } = 4L << 30;

    internal void Check()
    {
        if (Memory is < 64 << 10 or > 1 << 30) throw Wrong("memory", Memory, "65536 (64 KiB) to 1073741824 (1 GiB)");
        if (Disk is < 1 << 20 or > 1L << 40) throw Wrong("disk", Disk, "1048576 (1 MiB) to 1099511627776 (1 TiB)");
        if (Folder is not null && !Directory.Exists(Folder)) throw new InvalidInputException($"batch.folder is '{Folder}': there is no such folder");
    }

    private static InvalidInputException Wrong(string name, long value, string expected) =>
        new(string.Create(CultureInfo.InvariantCulture, $"batch.{name} is {value}, expected {expected}"));
}
