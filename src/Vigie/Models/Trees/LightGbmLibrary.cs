using System.Runtime.InteropServices;

namespace Vigie.Models;

/// <summary>The functions of LightGBM's C library that training needs. Each answers 0, or else <see cref="LGBM_GetLastError"/> says why not.</summary>
internal static unsafe partial class LightGbmLibrary
{
    /// <summary>Number types as the library counts them.</summary>
    public const int Single = 0, Int32 = 2;

    /// <summary>Scores before sigmoid or softmax.</summary>
    public const int RawScore = 1;

    private const string Name = NativeTreeLibrary.LightGbm;

    [LibraryImport(Name)]
    private static partial nint LGBM_GetLastError();

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LGBM_DatasetCreateFromCSR(
        int* rowStart, int rowStartType, int* columns, float* values, int valueType, long rowStartCount, long entries, long columnCount, string settings, nint reference, out LightGbmRows rows);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LGBM_DatasetSetField(LightGbmRows rows, string field, float[] values, int count, int type);

    [LibraryImport(Name)]
    public static partial int LGBM_DatasetFree(nint rows);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LGBM_BoosterCreate(LightGbmRows train, string settings, out LightGbmBooster booster);

    [LibraryImport(Name)]
    public static partial int LGBM_BoosterAddValidData(LightGbmBooster booster, LightGbmRows validation);

    [LibraryImport(Name)]
    public static partial int LGBM_BoosterUpdateOneIter(LightGbmBooster booster, out int finished);

    [LibraryImport(Name)]
    public static partial int LGBM_BoosterGetEval(LightGbmBooster booster, int data, out int count, double* results);

    [LibraryImport(Name)]
    public static partial int LGBM_BoosterSaveModelToString(LightGbmBooster booster, int start, int rounds, int importance, long room, out long length, byte* text);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int LGBM_BoosterPredictForCSR(
        LightGbmBooster booster, int* rowStart, int rowStartType, int* columns, float* values, int valueType, long rowStartCount, long entries, long columnCount,
        int kind, int start, int rounds, string settings, out long count, double* scores);

    [LibraryImport(Name)]
    public static partial int LGBM_BoosterFree(nint booster);

    /// <exception cref="InvalidInputException">The library refused.</exception>
    public static void Check(int result)
    {
        if (result != 0) throw new InvalidInputException($"LightGBM: {Marshal.PtrToStringUTF8(LGBM_GetLastError()) ?? "no reason given"}");
    }
}

/// <summary>Rows in LightGBM's own memory.</summary>
internal sealed class LightGbmRows() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    /// <summary>Copies rows and their labels.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="settings">As the booster's.</param>
    /// <param name="train">Rows whose bins to use; null finds bins.</param>
    public static unsafe LightGbmRows Of(LabelledRows rows, string settings, LightGbmRows? train)
    {
        float[] values = Array.ConvertAll(rows.Features.Values, value => (float)value);
        fixed (int* start = rows.Features.RowStart, columns = rows.Features.Columns)
        fixed (float* value = values)
        {
            LightGbmLibrary.Check(LightGbmLibrary.LGBM_DatasetCreateFromCSR(
                start, LightGbmLibrary.Int32, columns, value, LightGbmLibrary.Single, rows.Features.RowStart.Length, values.Length, rows.Features.ColumnCount,
                settings, train?.DangerousGetHandle() ?? 0, out LightGbmRows made));
            LightGbmLibrary.Check(LightGbmLibrary.LGBM_DatasetSetField(made, "label", Array.ConvertAll(rows.Labels, label => (float)label), rows.Labels.Length, LightGbmLibrary.Single));
            return made;
        }
    }

    protected override bool ReleaseHandle() => LightGbmLibrary.LGBM_DatasetFree(handle) == 0;
}

/// <summary>A model in LightGBM's own memory.</summary>
internal sealed class LightGbmBooster() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle() => LightGbmLibrary.LGBM_BoosterFree(handle) == 0;
}
